import ArgumentParser
import Foundation
import GuestCustomization
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
               5  nothing to judge it by       75  another run holds the vCenter
              64  usage                        77  login refused
              65  not a sound history          78  configuration
              69  vCenter not reached
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
            if let usage = UsageError(error, arguments: CommandLine.arguments.dropFirst()) {
                usage.lines.forEach(say)
                Foundation.exit(ExitStatus.usage.rawValue)
            }
            // Help and version, and codes that commands end with, know what to say.
            guard exitCode(for: error) == .failure, !(error is ExitCode) else { exit(withError: error) }
            let failure = error.asCommandFailure
            say("\(calledName): " + failure.message)
            Foundation.exit(failure.status.rawValue)
        }
    }
}

/// The name this program was called by, for help and messages.
let calledName = ProgramName.called
