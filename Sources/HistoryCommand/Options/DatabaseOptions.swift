import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore

/// `--database`, and where the history is without it.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The history (default: CUSTOMIZATION_HISTORY_DATABASE, else /var/lib/customization-history/history.db for root, "
                + "else customization-history/history.db in $XDG_STATE_HOME or ~/.local/state).", valueName: "file"))
    var database: String?

    @Option(
        help:
            "How long to wait for another program that writes to the history; what a run has polled waits as long as the run may take."
    )
    var busyTimeout = DurationArgument.of("30s")

    func validate() throws {
        if database == "" { throw ValidationError("--database: give the name of a file.") }
    }

    /// Opens the history to add to it; makes it, where it does not exist yet, and says so where there has been one.
    ///
    /// - Parameter noteProgress: Called while another program is waited for.
    func openForCollecting(
        telling messages: MessageOptions, noteProgress: @escaping @Sendable () -> Void
    ) throws -> HistoryDatabase {
        let (path, isDefault) = location
        let hasVanished = DatabaseParts.hasVanished(RealPath(path).path)
        let history = try HistoryDatabase.open(
            path, access: .readWrite(create: true), toolVersion: toolVersion, createDirectory: isDefault,
            waiting: HeldHistory(
                path, telling: messages, after: busyTimeout.duration, clock: Clocks.machine.steady,
                noteProgress: noteProgress
            ).waiting,
            at: Clocks.machine.now())
        if hasVanished {
            messages.say(
                .warning,
                "\(history.path): no history here, beginning a new one; the lock file beside it tells that there was one: restore that from a backup if it was lost"
            )
        }
        return history
    }

    /// Opens a history that is there, to change what is recorded.
    func openForChanging() throws -> HistoryDatabase {
        try HistoryDatabase.open(
            location.path, access: .readWrite(create: false), toolVersion: toolVersion,
            waiting: .init(timeout: busyTimeout.duration, clock: Clocks.machine.steady), at: Clocks.machine.now())
    }

    /// Opens the history to read it; never makes or changes a file.
    func openForReading(telling messages: MessageOptions) throws -> HistoryDatabase {
        let path = location.path
        messages.say(.info, "reading \(path)")
        return try HistoryDatabase.open(
            path, access: .readOnly, toolVersion: toolVersion,
            waiting: .init(timeout: busyTimeout.duration, clock: Clocks.machine.steady),
            at: Clocks.machine.now())
    }

    /// Where the history is, or would be.
    var path: String { location.path }

    private var location: (path: String, isDefault: Bool) {
        let environment = ProcessInfo.processInfo.environment
        if let path = database ?? environment["CUSTOMIZATION_HISTORY_DATABASE"], !path.isEmpty { return (path, false) }
        let directory =
            if geteuid() == 0 {
                "/var/lib"
            } else if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
                // The XDG specification has relative paths ignored.
                state
            } else {
                NSHomeDirectory() + "/.local/state"
            }
        return (directory + "/customization-history/history.db", true)
    }
}
