import GuestCustomization
import TestSupport

/// VMs polled hourly, as an estate in quiet years answers: nearly all report a customization that ended long ago, word for word
/// the same each time. In each run 0.2 % of the answers change: one VM in 1000 begins another one, which is seen running once and has
/// ended in the next run; and one in 10,000 times out.
struct Estate {
    private enum Phase {
        case never
        case running(Timestamp)
        /// With what vCenter says of it from then on: to word an answer takes longer than to record it.
        case finished(Answer)

        static func finished(_ start: Timestamp, _ end: Timestamp, failed: Bool) -> Self {
            guard failed else { return .finished(.succeeded(start, end)) }
            return .finished(
                .failed(
                    start, end, id: "com.vmware.vcenter.guest.customization.failed",
                    "Customization failed: the package deployment in the guest ended with code 127."))
        }
    }

    let listing: [VirtualMachine]
    private var phases: [Phase]
    private var random = SeededGenerator(seed: 1)

    init(vms count: Int, at now: Timestamp) {
        listing = (1...count).map { VirtualMachine(id: "vm-\(1000 + $0)", name: "app-vm-\(1000 + $0).example.org") }
        phases = (1...count).map { number in
            if number % 20 == 0 { return .never }
            let start = now.advanced(bySeconds: Double(-number * 60))
            return .finished(start, start.advanced(bySeconds: 41.5), failed: number % 33 == 0)
        }
    }

    /// The polls of one pass in the order in which they end: nearly that of the listing, 16 being under way at a time.
    mutating func pass(at start: Timestamp) -> [Poll] {
        var polls: [Poll] = []
        polls.reserveCapacity(listing.count)
        for index in listing.indices {
            let polledAt = Timestamp(unixMilliseconds: start.unixMilliseconds + Int64(index / 2))
            polls.append(Poll(vm: listing[index].id, polledAt: polledAt, answer: answer(of: index, at: polledAt)))
        }
        for index in polls.indices {
            polls.swapAt(index, min(index + Int.random(in: 0..<16, using: &random), polls.count - 1))
        }
        return polls
    }

    private mutating func answer(of index: Int, at now: Timestamp) -> Answer {
        if Int.random(in: 0..<10_000, using: &random) == 0 {
            return Answer(result: .timedOut, failure: .text("no answer within 30 s"))
        }
        switch phases[index] {
        case .never:
            return .notCustomized
        case .running(let start):
            let end = start.advanced(bySeconds: Double.random(in: 20..<200, using: &random))
            phases[index] = .finished(start, end, failed: Int.random(in: 0..<33, using: &random) == 0)
            return answer(of: index, at: now)
        case .finished where Int.random(in: 0..<1000, using: &random) == 0:
            let start = now.advanced(bySeconds: -5)
            phases[index] = .running(start)
            return .running(since: start)
        case .finished(var answer):
            // Bytes of its own, as those read from a connection: comparing an array with itself costs nothing.
            answer.body = answer.body?.withUnsafeBufferPointer { Array($0) }
            return answer
        }
    }
}
