import Foundation
import GRDB
import GuestCustomization

/// Finds the row of an answer, or adds it.
struct AnswerRegister {
    /// Rows of recent answers that many VMs share (`NOT_AVAILABLE`, a 403).
    private var known: [AnswerDigest: Int64] = [:]
    /// Maximum size of `known`: most answers belong to one VM and occur once per run.
    private static let knownLimit = 4096
    private var bytes = AnswerBytes()
    /// The latest answer, which often comes again: many successive VMs were never customized.
    private var latest: (bytes: AnswerBytes, row: Row)?

    struct Row {
        var id: Int64
        var digest: AnswerDigest
    }

    /// - Parameter expected: The VM's latest answer, which is usually the same again.
    mutating func row(of poll: UnsafePointer<Poll>, expected: Row?, _ db: Database) throws -> Row {
        bytes.write(poll)
        if let latest, latest.bytes == bytes { return latest.row }
        let digest = AnswerDigest(bytes)
        if let expected, expected.digest == digest { return expected }
        let row = Row(id: try known[digest] ?? add(poll, digest, db), digest: digest)
        latest = (bytes, row)
        return row
    }

    private mutating func add(_ poll: UnsafePointer<Poll>, _ digest: AnswerDigest, _ db: Database) throws -> Int64 {
        let id = try Self.stored(digest, db) ?? StoredAnswer(poll.pointee.answer).insert(db, digest: digest)
        if known.count >= Self.knownLimit { known.removeAll(keepingCapacity: true) }
        known[digest] = id
        return id
    }

    /// The row of the answer with this digest.
    static func stored(_ digest: AnswerDigest, _ db: Database) throws -> Int64? {
        let statement = try db.cachedStatement(sql: "SELECT id FROM answer WHERE sha256 = ?")
        statement.bind([.blob(digest.data)])
        return try statement.firstRow(db) { try $0.id(0) }
    }
}
