import Dispatch
import NIOConcurrencyHelpers

/// Reads large bodies one at a time on a separate thread. However long it takes, time limits and a stop still work,
/// and only one body uses memory for it.
enum LargeBody {
    /// Bytes. Smaller bodies are read in place: switching threads would cost more.
    private static let minimumSize = 32 * 1024
    private static let queue = DispatchQueue(label: "history.large-bodies")

    /// The result of `read` on `body`; `nil` once the task is cancelled, although `read` continues.
    static func read<Value: Sendable>(
        _ body: [UInt8], by read: @escaping @Sendable ([UInt8]) -> Value
    ) async -> Value? {
        guard !Task.isCancelled else { return nil }
        guard body.count > minimumSize else { return read(body) }
        let waiter = Waiter<Value>()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard waiter.wait(continuation) else { return }
                queue.async { if waiter.isWaiting { waiter.end(read(body)) } }
            }
        } onCancel: {
            waiter.end(nil)
        }
    }

    /// A task that waits for the result, and is resumed once.
    private final class Waiter<Value: Sendable>: Sendable {
        private enum State {
            case new
            case waiting(CheckedContinuation<Value?, Never>)
            case ended
        }

        private let state = NIOLockedValueBox(State.new)

        var isWaiting: Bool {
            state.withLockedValue { if case .waiting = $0 { true } else { false } }
        }

        /// Returns whether it waits; `false` if the task was already cancelled.
        func wait(_ continuation: CheckedContinuation<Value?, Never>) -> Bool {
            let mayWait = state.withLockedValue { state in
                guard case .new = state else { return false }
                state = .waiting(continuation)
                return true
            }
            if !mayWait { continuation.resume(returning: nil) }
            return mayWait
        }

        func end(_ value: Value?) {
            let continuation = state.withLockedValue { state -> CheckedContinuation<Value?, Never>? in
                defer { state = .ended }
                return if case .waiting(let continuation) = state { continuation } else { nil }
            }
            continuation?.resume(returning: value)
        }
    }
}
