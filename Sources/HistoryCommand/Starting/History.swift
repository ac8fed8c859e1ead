import ArgumentParser
import Foundation
import GuestCustomization
import ReportRendering
import Synchronization

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: calledName,
        abstract: "Records guest customizations: polls vCenter, stores every answer, and reports.",
        discussion: """
            vCenter only reports the last customization of a VM and forgets earlier ones. `collect`, run by cron, polls \
            every VM and stores every answer in an SQLite file; `report` shows failure rates, durations and the latest \
            error of each VM; the file has views for plain SQL.

            EXAMPLES
              \(calledName) demo                  see it work, on a simulated vCenter
              export GOVC_URL=vcsa.example.org GOVC_USERNAME=me GOVC_PASSWORD=file
              \(calledName) collect               poll every VM once
              \(calledName) report --since 7d     what failed, how often, how long it took

            EXIT CODES
               0  every VM was polled          70  a fault in this program
               3  some polls got no answer     71  no files, threads or memory left
               4  --fail-above, VMs failing    73  a file could not be created
               5  nothing to judge it by       74  a file could not be read or written
              64  usage                        75  another run holds the vCenter
              65  the history is damaged       77  login refused
              69  vCenter not reached          78  configuration
            """,
        version: toolVersionLine,
        // Each says its name: to derive all of them from their types would be a tenth of every start.
        subcommands: [
            Collect.self, Backfill.self, ReportCommand.self, Failing.self, Notify.self, Show.self, Runs.self,
            Explain.self,
            Metrics.self, Demo.self, Config.self, VCenterCommand.self, SQL.self, Schema.self, Stats.self, Backup.self,
            Export.self, Merge.self, Prune.self, Rebuild.self, Verify.self, Head.self, Prove.self, Simulate.self,
            ShellInit.self,
        ])

    /// Runs the command named by the arguments, and ends the process.
    static func run() -> Never {
        let signs = TerminalSigns(environment: ProcessInfo.processInfo.environment)
        TerminalSigns.$current.withValue(signs) {
            do {
                var command = try parseAsRoot(Array(GivenArguments.all.dropFirst()))
                if let command = command as? any AsyncParsableCommand {
                    try SystemResources.network.require()
                    try WallClock.require(Clocks.machine.now())
                    SystemResources.limitThreads()
                    try wait(for: command, signs)
                } else {
                    try SystemResources.reading.require()
                    try command.run()
                }
            } catch {
                end(error)
            }
        }
        Foundation.exit(0)
    }

    private static func wait(for command: any AsyncParsableCommand, _ signs: TerminalSigns) throws {
        let given = HandedOver(command: command)
        let failure = Mutex<(any Error)?>(nil)
        let ended = DispatchSemaphore(value: 0)
        Task {
            do {
                try await TerminalSigns.$current.withValue(signs) {
                    var command = given.command
                    try await command.run()
                }
            } catch {
                failure.withLock { $0 = error }
            }
            ended.signal()
        }
        ended.wait()
        if let error = failure.withLock(\.self) { throw error }
    }

    /// Hands a command to the task that runs it.
    private struct HandedOver: @unchecked Sendable {
        let command: any AsyncParsableCommand
    }

    /// Prints why a command ended, and ends the process with its exit code.
    private static func end(_ error: any Error) -> Never {
        if let usage = UsageError(error, arguments: GivenArguments.all.dropFirst()) {
            usage.lines.forEach(say)
            Foundation.exit(ExitStatus.usage.rawValue)
        }
        // End silently, like a program killed by SIGPIPE.
        if error is OutputFile.ReaderIsGone { Foundation.exit(128 + SIGPIPE) }
        // Help, version and exit codes carry their own text.
        guard exitCode(for: error) == .failure, !(error is ExitCode) else {
            let text = fullMessage(for: error)
            do {
                if !text.isEmpty { try OutputFile(path: "-").write(text + "\n") }
            } catch {
                end(error)
            }
            Foundation.exit(exitCode(for: error).rawValue)
        }
        let failure = error.asHistoryError
        say("\(calledName): " + failure.message)
        Foundation.exit(ExitStatus(failure.code).rawValue)
    }
}

/// The name this program was called by, for help and messages.
let calledName = ProgramName.called
