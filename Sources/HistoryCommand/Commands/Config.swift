import ArgumentParser
import GuestCustomization
import HistoryConfiguration
import VCenterClient

struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show and check the settings.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract:
                "Show what would be polled, and check that the secrets can be read. Shows no secrets; contacts no vCenter without --log-in.",
            discussion: """
                With --log-in, each vCenter is asked for its VMs, with the account and the trust that `collect` would use; \
                nothing is polled or recorded. A login that `collect` holds back because it was refused is tried anyway: \
                if it works again, `collect` continues at once.

                EXAMPLES
                  \(calledName) config check
                  \(calledName) config check --log-in
                  \(calledName) config check --config /etc/customization-history/config.yaml
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var database: DatabaseOptions

        @Flag(help: "Log in to each vCenter, show what the account can see, and log out.")
        var logIn = false

        @OptionGroup var messages: MessageOptions

        func run() async throws {
            let vCenters = try connection.configuration().vCenters
            let (worst, stopped) = try await StopSignal.cancelling {
                let logins = LoginGate(beside: database.path, by: .machine, isAskedByPerson: true)
                let checks = await vCenters.mapSideBySide {
                    await VCenterCheck(of: $0, loggingIn: logIn ? logins : nil, messages)
                }
                for check in checks { if let failure = check.failure { messages.say(.error, LogLine(failure)) } }
                try OutputFile(path: "-").write(checks.map(\.text).joined(separator: "\n"))
                return checks.compactMap(\.failure).map { ExitStatus($0.code) }.max()
            }
            if let stopped { throw ExitCode(128 + stopped) }
            if let worst { throw ExitCode(worst.rawValue) }
        }
    }
}
