import ArgumentParser
import Foundation
import ReportRendering

@main
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: calledName,
        abstract: "The memory of guest customizations: polls vCenter, keeps every answer, reports.",
        discussion: """
            vCenter only tells the last customization of a VM and forgets all before it. `collect`, run by cron, polls \
            every VM and stores every answer in an SQLite file; `report` tells failure rates, durations and the latest \
            error of each VM; the file's views are open to plain SQL.

            EXAMPLES
              \(calledName) demo                  see it work, on a simulated vCenter
              export GOVC_URL=vcsa.example.org GOVC_USERNAME=me GOVC_PASSWORD=file
              \(calledName) collect               poll every VM once
              \(calledName) report --since 7d     what failed, how often, how long it took

            EXIT CODES
               0  every VM was polled          70  a fault of this program
               3  some polls got no answer     73  a file could not be made
               4  --fail-above exceeded        74  a file could not be read or written
              64  usage                        75  another run holds the vCenter
              65  not a sound history          77  login refused
              69  vCenter not reached          78  configuration
            """,
        version: toolVersion,
        subcommands: [
            Collect.self, ReportCommand.self, Show.self, Runs.self, Explain.self, Metrics.self, Demo.self, Config.self,
            VCenterCommand.self,
            Simulate.self, ShellInit.self,
        ])

    static func main() async {
        let signs = TerminalSigns(environment: ProcessInfo.processInfo.environment)
        await TerminalSigns.$current.withValue(signs) { await run() }
    }

    private static func run() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // The parser's own errors, help and version among them, know their text and exit code.
            guard exitCode(for: error) == .failure, !(error is ExitCode) else { exit(withError: error) }
            let failure = error.asCommandFailure
            say("history: " + TerminalText(failure.message).string)
            Foundation.exit(failure.status.rawValue)
        }
    }
}

/// The name this program was called by: in bash and zsh a builtin is named `history`, so it is installed under two names.
let calledName: String = {
    let name = URL(fileURLWithPath: CommandLine.arguments.first ?? "history").lastPathComponent
    return name == "customization-history" ? name : "history"
}()
