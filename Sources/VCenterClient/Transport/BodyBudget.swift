import NIOConcurrencyHelpers
import NIOCore

/// Memory that the bodies of answers may take together, on however many connections they come. A body that would take more than is left
/// waits, and the connection with it, until another one has been read.
final class BodyBudget: Sendable {
    /// Bytes that any body may take without asking: more than any answer about one VM has.
    static let free = 16 * 1024
    /// For bodies as they come. One list of VMs fits, whatever is in it.
    static let received = BodyBudget(bytes: 8 * 1024 * 1024)
    /// For what compressed bodies come to. One budget for both could be used up by bodies that wait for more of it.
    static let inflated = BodyBudget(bytes: 8 * 1024 * 1024)

    /// Memory that a body may take until the last reference is gone.
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

        /// Takes out those that come first and can be served.
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

    /// Memory for a body, as soon as there is some; in the order in which it is asked for.
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
        // One whose request has ended meanwhile gives it back at once.
        for (bytes, promise) in served { promise.succeed(Grant(self, bytes: bytes)) }
    }
}
