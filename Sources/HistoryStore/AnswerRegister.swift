import Foundation
import GRDB
import GuestCustomization

/// Finds the row of an answer, or adds it.
struct AnswerRegister {
    /// Rows of answers met lately: what many VMs answer alike (`NOT_AVAILABLE`, a 403).
    private var known: [AnswerDigest: Int64] = [:]
    /// Bounds `known`: most answers are one VM's own and come once a run.
    private static let knownLimit = 4096
    private var buffer: [UInt8] = []

    /// - Parameter expected: The row of the VM's latest answer, which most often is the answer again.
    mutating func row(
        of answer: Answer, expected: (id: Int64, digest: AnswerDigest)?, _ db: Database
    ) throws -> (id: Int64, digest: AnswerDigest) {
        let digest = AnswerDigest(answer, buffer: &buffer)
        if let expected, expected.digest == digest { return expected }
        if let id = known[digest] { return (id, digest) }
        let id =
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM answer WHERE sha256 = ?"), arguments: [digest.data])
            ?? StoredAnswer(answer).insert(db, digest: digest)
        if known.count >= Self.knownLimit { known.removeAll(keepingCapacity: true) }
        known[digest] = id
        return (id, digest)
    }
}
