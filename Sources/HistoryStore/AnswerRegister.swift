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

    /// - Parameter expected: An answer that is stored: the VM's latest, which most often is the answer again.
    mutating func row(of poll: UnsafePointer<Poll>, expected: ExpectedAnswer?, _ db: Database) throws -> Int64 {
        bytes.write(poll)
        if let expected, bytes.isEqual(to: expected.bytes) { return expected.id }
        let digest = AnswerDigest(bytes)
        if let id = known[digest] { return id }
        let id = try stored(digest, db) ?? StoredAnswer(poll.pointee.answer).insert(db, digest: digest)
        if known.count >= Self.knownLimit { known.removeAll(keepingCapacity: true) }
        known[digest] = id
        return id
    }

    private func stored(_ digest: AnswerDigest, _ db: Database) throws -> Int64? {
        let statement = try db.cachedStatement(sql: "SELECT id FROM answer WHERE sha256 = ?")
        statement.bind([.blob(digest.data)])
        var id: Int64?
        try statement.forEachRow(db) { id = $0.integer(0) }
        return id
    }
}

/// A stored answer that a VM may give again.
struct ExpectedAnswer {
    let id: Int64
    /// Its `AnswerBytes`.
    let bytes: UnsafeRawBufferPointer
}
