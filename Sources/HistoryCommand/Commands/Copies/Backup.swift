import ArgumentParser
import GuestCustomization
import HistoryStore

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the history into one file, verified, even while a run writes to it.",
        discussion: """
            The copy is the history as it was at one instant. A run goes on meanwhile and does not wait; what it writes stays in the -wal \
            file until the copy is done. Before the copy gets its name, it is verified: every page and index, the schema, and every \
            reference between tables. If anything fails, no file is left and an existing one is unchanged.

            The copy has no -wal and -shm beside it, is readable by its owner and group (0640), and opens in any SQLite, also where \
            nothing may be written. `\(calledName) collect --database FILE` goes on with it.

            EXAMPLES
              \(calledName) backup /backup/history-$(date +%F).db
              \(calledName) backup --force /backup/history.db          replace the copy of yesterday
              \(calledName) report --database /backup/history.db
            """)

    @Argument(
        help: ArgumentHelp("The file to write; a copy cannot go to standard output.", valueName: "file"))
    var file: String

    @Flag(help: "Replace an earlier copy of that name; no other file is ever replaced.")
    var force = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard file != "-" else {
            throw ValidationError(
                "a copy is verified before it gets its name, so it cannot go to standard output: name a file.")
        }
        guard !file.isEmpty else { throw ValidationError("name the file to write.") }
    }

    func run() async throws {
        let history = try database.openForReading(messages: messages)
        let bar = ProgressBar(isVisible: messages.showsProgress, by: Clocks.machine.steady)
        let target = BackupFile(path: file, mayReplace: force)
        let (isDone, stopped) = try await StopSignal.cancelling { try await Self.write(history, to: target, bar) }
        bar.clear()
        try history.close()
        if !isDone, let stopped { throw ExitCode(128 + stopped) }
        if messages.printsSummary {
            messages.say(.notice, "\(history.path, as: "database"): copied to \(file, as: "copy") and verified")
        }
    }

    /// - Returns: Whether it is done; otherwise this task was cancelled.
    private static func write(_ history: HistoryDatabase, to target: BackupFile, _ bar: ProgressBar) async throws
        -> Bool
    {
        let running = StoppableVerification()
        return try await withTaskCancellationHandler {
            do {
                try target.write(
                    history,
                    progress: { progress in
                        try Task.checkCancellation()
                        let kibibyte = 1024
                        bar.show("copying", done: progress.done / kibibyte, of: progress.total / kibibyte, unit: "KiB")
                    },
                    verifying: { verification in
                        bar.show("verifying", done: 0, of: 1, unit: "copies")
                        running.set(verification)
                        try Task.checkCancellation()
                        try verification.run()
                    })
                return true
            } catch {
                bar.clear()
                if Task.isCancelled { return false }
                throw error
            }
        } onCancel: {
            running.stop()
        }
    }
}
