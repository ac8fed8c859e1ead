import Foundation
import GRDB
import GuestCustomization

/// Finds the row of an answer, or adds it.
struct AnswerRegister {
    /// Rows of answers met lately: what many VMs answer alike (`NOT_AVAILABLE`, a 403).
    private var known: [AnswerDigest: Int64] = [:]
    /// Bounds `known`: most answers are one VM's own and come once a run.
    private static let knownLimit = 4096
    private var bytes = AnswerBytes()
    /// The latest answer that was looked for, which may well come again: one VM after the other was never customized.
    private var latest: (bytes: AnswerBytes, id: Int64)?

    /// - Parameter expected: The VM's latest answer, which most often is the answer again.
    mutating func row(
        of poll: UnsafePointer<Poll>, expected: (id: Int64, digest: AnswerDigest)?, _ db: Database
    ) throws -> Int64 {
        bytes.write(poll)
        if let latest, latest.bytes == bytes { return latest.id }
        let digest = AnswerDigest(bytes)
        if let expected, expected.digest == digest { return expected.id }
        let id = try known[digest] ?? add(poll, digest, db)
        latest = (bytes, id)
        return id
    }

    private mutating func add(_ poll: UnsafePointer<Poll>, _ digest: AnswerDigest, _ db: Database) throws -> Int64 {
        let id = try stored(digest, db) ?? StoredAnswer(poll.pointee.answer).insert(db, digest: digest)
        if known.count >= Self.knownLimit { known.removeAll(keepingCapacity: true) }
        known[digest] = id
        return id
    }

    private func stored(_ digest: AnswerDigest, _ db: Database) throws -> Int64? {
        let statement = try db.cachedStatement(sql: "SELECT id FROM answer WHERE sha256 = ?")
        statement.bind([.blob(digest.data)])
        return try statement.firstRow(db) { try $0.id(0) }
    }
}
