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

    func validate() throws {
        if database == "" { throw ValidationError("--database: give the name of a file.") }
    }

    /// Opens the history to add to it; makes it, where it does not exist yet.
    func openForCollecting() throws -> HistoryDatabase {
        let (path, isDefault) = location
        return try HistoryDatabase.open(
            path, access: .readWrite(create: true), toolVersion: toolVersion, createDirectory: isDefault,
            at: Timestamp.now())
    }

    /// Opens a history that is there, to change what is recorded.
    func openForChanging() throws -> HistoryDatabase {
        try HistoryDatabase.open(
            location.path, access: .readWrite(create: false), toolVersion: toolVersion, at: Timestamp.now())
    }

    /// Opens the history to read it; never makes or changes a file.
    func openForReading(telling messages: MessageOptions) throws -> HistoryDatabase {
        let path = location.path
        messages.say(.info, "reading \(path)")
        return try HistoryDatabase.open(path, access: .readOnly, toolVersion: toolVersion, at: Timestamp.now())
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
