import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore

/// `--database`, and the default location of the history.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The history (default: CUSTOMIZATION_HISTORY_DATABASE, else /var/lib/customization-history/history.db for root, "
                + "else customization-history/history.db in $XDG_STATE_HOME or ~/.local/state).", valueName: "file"))
    var database: String?

    @Option(
        help:
            "How long to wait while another program writes to the history; during a run, polled results wait for as long as the run may take."
    )
    var busyTimeout = DurationArgument.of("30s")

    func validate() throws {
        if database == "" { throw ValidationError("--database: give a file name.") }
    }

    /// Opens the history to add to it. Creates it if it does not exist, with a warning if there was one before.
    ///
    /// - Parameter noteProgress: Called while waiting for another program.
    func openForCollecting(
        messages: MessageOptions, noteProgress: @escaping @Sendable () -> Void
    ) throws -> HistoryDatabase {
        let (path, isDefault) = location
        let hasVanished = DatabaseParts.hasVanished(RealPath(path).path)
        let history = try HistoryDatabase.open(
            path, access: .readWrite(create: true), toolVersion: toolVersion, collector: CollectorName.current,
            createDirectory: isDefault,
            waiting: HeldHistory(
                path, messages: messages, after: busyTimeout.duration, clock: Clocks.machine.steady,
                noteProgress: noteProgress
            ).waiting,
            at: Clocks.machine.now())
        if hasVanished {
            messages.say(
                .warning,
                "\(history.path, as: "database"): no history here, so a new one was started; its lock file shows that there was one before: if it was lost, restore it from a backup"
            )
        }
        return history
    }

    /// Opens an existing history to change what is recorded.
    func openForChanging() throws -> HistoryDatabase {
        try HistoryDatabase.open(
            location.path, access: .readWrite(create: false), toolVersion: toolVersion,
            collector: CollectorName.current,
            waiting: .init(timeout: busyTimeout.duration, clock: Clocks.machine.steady), at: Clocks.machine.now())
    }

    /// Opens the history to read it; never creates or changes a file.
    func openForReading(messages: MessageOptions) throws -> HistoryDatabase {
        let (path, isDefault) = location
        messages.say(.info, "reading \(path, as: "database")")
        do {
            return try HistoryDatabase.open(
                path, access: .readOnly, toolVersion: toolVersion,
                waiting: .init(timeout: busyTimeout.duration, clock: Clocks.machine.steady),
                at: Clocks.machine.now())
        } catch let error as HistoryError
            where error.code == .missing && isDefault && access(Self.ofMachine, R_OK) == 0
        {
            throw error.adding(advice: "the one of this machine's service is \(Self.ofMachine)")
        }
    }

    /// Where root, and so the service, has its history; auditors may read it.
    private static let ofMachine = "/var/lib/customization-history/history.db"

    /// Where the history is, or would be.
    var path: String { location.path }

    private var location: (path: String, isDefault: Bool) {
        let environment = ProcessInfo.processInfo.environment
        if let path = database ?? environment["CUSTOMIZATION_HISTORY_DATABASE"], !path.isEmpty { return (path, false) }
        if geteuid() == 0 { return (Self.ofMachine, true) }
        let directory =
            if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
                // The XDG specification says to ignore relative paths.
                state
            } else {
                NSHomeDirectory() + "/.local/state"
            }
        return (directory + "/customization-history/history.db", true)
    }
}
