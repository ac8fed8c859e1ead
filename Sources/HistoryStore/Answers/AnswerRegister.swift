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
    private var latest: (bytes: AnswerBytes, id: Int64)?

    /// - Parameter expected: The VM's latest answer, which is usually the same again.
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
