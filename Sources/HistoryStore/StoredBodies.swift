import Foundation
import GuestCustomization

/// The bodies of the VMs' latest answers, as they are stored: nearly every VM answers the same again, word for word, and to
/// compare that costs a tenth of its digest.
struct StoredBodies {
    /// The body of an answer that holds no error.
    struct Position {
        let answerID: Int64
        let httpStatus: Int?
        fileprivate let bytes: Range<Int>
    }

    private var bytes: [UInt8] = []
    /// Bytes. An answer with a longer body is known by its digest, so that it is not the bodies that decide how much memory a
    /// run takes.
    private static let longest = 1024
    /// What most bodies have.
    private static let usual = 128

    mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count * Self.usual) }

    /// `nil` if the body is too long.
    mutating func add(_ body: UnsafeRawBufferPointer, of answerID: Int64, httpStatus: Int?) -> Position? {
        guard body.count <= Self.longest else { return nil }
        bytes.append(contentsOf: body)
        return Position(answerID: answerID, httpStatus: httpStatus, bytes: bytes.count - body.count..<bytes.count)
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }
}

extension TrackedVM {
    /// Whether a poll got the VM's latest definite answer again. What it cannot tell so, the digest has to.
    ///
    /// - Parameter bodies: The memory of the `StoredBodies` that `storedBody` lies in.
    func isAnswered(againBy poll: UnsafePointer<Poll>, _ bodies: UnsafeRawBufferPointer) -> Bool {
        guard let stored = storedBody, stored.answerID == definiteAnswerID,
            poll.pointee.answer.result == .reported, poll.pointee.answer.httpStatus == stored.httpStatus,
            poll.pointee.answer.info?.error == nil, poll.pointee.answer.failure == nil,
            let outcome = current?.observed.outcome, let status = poll.pointee.answer.info?.status,
            status == outcome.status,
            poll.pointee.answer.info?.startTime == current?.observed.startTime,
            poll.pointee.answer.info?.endTime == current?.observed.endTime,
            poll.pointee.answer.body?.count == stored.bytes.count
        else { return false }
        return poll.pointee.answer.body?.withUnsafeBytes { body in
            // Only what is empty has no address.
            guard let own = body.baseAddress, let first = bodies.baseAddress else { return true }
            return memcmp(own, first + stored.bytes.lowerBound, body.count) == 0
        } ?? false
    }
}

extension CustomizationOutcome {
    /// The word that stands for it; `nil` if several do.
    fileprivate var status: CustomizationStatus? {
        switch self {
        case .succeeded: .succeeded
        case .failed: .failed
        case .running: .running
        case .pending: .pending
        case .other, .lost: nil
        }
    }
}
