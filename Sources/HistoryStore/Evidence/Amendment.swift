import GRDB
import GuestCustomization
import HistoryEvidence

/// A change of what was recorded. The triggers that keep recorded tables append-only allow it only while it is under way.
enum Amendment {
    /// Runs `body`, which changes what was recorded, and seals the record that it returns; to be called in a transaction.
    static func make(_ db: Database, _ body: () throws -> AmendmentRecord) throws {
        try seal(try unguarded(db, body), db)
    }

    /// Runs `body`, which changes what was recorded; the caller seals what it did, in the same transaction.
    static func unguarded<Value>(_ db: Database, _ body: () throws -> Value) throws -> Value {
        try db.execute(sql: "INSERT INTO amendment_under_way (id) VALUES (1)")
        let value = try body()
        try db.execute(sql: "DELETE FROM amendment_under_way")
        return value
    }

    /// Seals the record of a change that the triggers allow.
    static func seal(_ record: AmendmentRecord, _ db: Database) throws {
        var record = record
        let tree = HistoryTree.own
        record.tree = try tree.uuid(db)
        try tree.append(record.bytes, run: nil, at: try tree.size(db), db)
    }
}

/// Who changes what was recorded, and when.
struct Amender {
    var openedAt: Timestamp
    var collector: String?
    var toolVersion: String

    /// - Parameter instant: When it is done; `nil` if that is when the history was opened.
    func record(
        _ kind: AmendmentRecord.Kind, at instant: Timestamp? = nil, from: String? = nil, into: String? = nil
    ) -> AmendmentRecord {
        var record = AmendmentRecord(
            kind, at: (instant ?? openedAt).unixMilliseconds, by: collector?.storable, toolVersion: toolVersion.storable
        )
        (record.from, record.into) = (from, into)
        return record
    }
}
