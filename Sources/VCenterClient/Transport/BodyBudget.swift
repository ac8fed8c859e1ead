import NIOConcurrencyHelpers
import NIOCore

/// The memory that all bodies of answers may use together, on any number of connections. A body that needs more than is left
/// waits, along with its connection, until another body has been read.
final class BodyBudget: Sendable {
    /// Bytes that any body may use without asking: more than any answer about one VM needs.
    static let free = 16 * 1024
    /// For bodies as received. Any single list of VMs fits.
    static let received = BodyBudget(bytes: 8 * 1024 * 1024)
    /// For decompressed bodies. A shared budget could be used up by bodies that wait for more of it.
    static let inflated = BodyBudget(bytes: 8 * 1024 * 1024)

    /// Memory reserved for a body until the last reference is gone.
    final class Grant: Sendable {
        private let budget: BodyBudget
        private let bytes: Int

        fileprivate init(_ budget: BodyBudget, bytes: Int) {
            self.budget = budget
            self.bytes = bytes
        }

        deinit { budget.takeBack(bytes) }
    }

    private struct State {
        var left: Int
        var waiting = CircularBuffer<(bytes: Int, promise: EventLoopPromise<Grant>)>()

        /// Removes the first requests in the queue that can be served.
        mutating func serve() -> [(bytes: Int, promise: EventLoopPromise<Grant>)] {
            var served: [(bytes: Int, promise: EventLoopPromise<Grant>)] = []
            while let next = waiting.first, next.bytes <= left {
                left -= next.bytes
                served.append(waiting.removeFirst())
            }
            return served
        }
    }

    private let bytes: Int
    private let state: NIOLockedValueBox<State>

    init(bytes: Int) {
        self.bytes = bytes
        state = NIOLockedValueBox(State(left: bytes))
    }

    /// Memory for a body, as soon as it is available; in the order of the requests.
    func grant(_ wanted: Int, on loop: any EventLoop) -> EventLoopFuture<Grant> {
        let promise = loop.makePromise(of: Grant.self)
        succeed(
            state.withLockedValue { state in
                state.waiting.append((min(wanted, bytes), promise))
                return state.serve()
            })
        return promise.futureResult
    }

    private func takeBack(_ bytes: Int) {
        succeed(
            state.withLockedValue { state in
                state.left += bytes
                return state.serve()
            })
    }

    private func succeed(_ served: [(bytes: Int, promise: EventLoopPromise<Grant>)]) {
        // If its request has ended meanwhile, the memory is returned at once.
        for (bytes, promise) in served { promise.succeed(Grant(self, bytes: bytes)) }
    }
}
