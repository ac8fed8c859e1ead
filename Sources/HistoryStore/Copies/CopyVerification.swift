import Foundation
import GRDB
import GuestCustomization
import Migrations

/// Checks that a complete copy is a sound history, before it gets its name.
package final class CopyVerification: Sendable {
    private let queue: DatabaseQueue
    private let file: String
    private let name: String

    /// - Parameters:
    ///   - file: The copy's real path.
    ///   - name: What messages call it.
    /// - Throws: `HistoryError`.
    package init(of file: String, called name: String) throws {
        self.file = file
        self.name = name
        queue = try HistoryError.mapped("open the copy", name) {
            try Connection.reading(file, isWAL: true, busyTimeout: .zero).0
        }
    }

    /// Compares the schema with this program's, checks every page and index (`integrity_check`) and every reference of our tables.
    ///
    /// - Throws: `HistoryError`, also if `stop` ends it.
    package func run() throws {
        try HistoryError.mapped("verify the copy", name) {
            try queue.unsafeRead { db in
                let migrator = SchemaMigrator(migrations: SchemaMigration.all, path: name)
                guard try migrator.verify(db) == SchemaMigration.all.count else {
                    throw unsound("its schema is that of an older version")
                }
                if let damage = try FileIntegrity.damage(db) {
                    throw unsound("SQLite's integrity_check says: \(damage.shownFromFile)")
                }
                if let broken = try FileIntegrity.brokenReference(db) {
                    throw unsound("a row of its table \(broken.table) refers to one that does not exist")
                }
            }
        }
    }

    /// Ends `run` early; may be called from any thread.
    package func stop() { queue.interrupt() }

    private func unsound(_ what: String) -> HistoryError {
        HistoryError(
            .damaged, about: "cannot keep the copy \(name)", what,
            advice: "the history itself is damaged, or the disk of the copy is; \(HistoryError.restore)")
    }
}
