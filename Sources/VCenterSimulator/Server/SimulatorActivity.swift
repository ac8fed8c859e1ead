import Foundation
import Synchronization

/// What a simulated vCenter has received so far.
package struct SimulatorActivity: Sendable {
    /// Requests received, by operation, including those that met a fault.
    package internal(set) var requests: [SimulatedRequest.Kind: Int] = [:]
    /// Sessions begun.
    package internal(set) var logins = 0
    /// Logins refused for a wrong password or for too many sessions.
    package internal(set) var refusedLogins = 0
    /// Sessions ended by `DELETE /api/session`.
    package internal(set) var logouts = 0
    /// How many of those ended a session with other unanswered requests.
    package internal(set) var logoutsInUse = 0
    /// Requests whose answer is not complete yet.
    package internal(set) var openRequests = 0
    /// The maximum of `openRequests` so far.
    package internal(set) var maximumOpenRequests = 0
    /// Open connections.
    package internal(set) var connections = 0
    /// Connections accepted so far.
    package internal(set) var acceptedConnections = 0

    /// Unanswered requests, by their token.
    private var openBySession: [String: Int] = [:]

    mutating func open(requestIn session: String?) {
        if let session { openBySession[session, default: 0] += 1 }
    }

    mutating func close(requestIn session: String?) {
        guard let session, let open = openBySession[session] else { return }
        openBySession[session] = open > 1 ? open - 1 : nil
    }

    /// Counts a logout. Its own request is one of the unanswered ones.
    mutating func noteLogout(of session: String) {
        logouts += 1
        if openBySession[session, default: 0] > 1 { logoutsInUse += 1 }
    }

    /// All requests.
    package var allRequests: Int { requests.values.reduce(0, +) }
}

/// Records the activity, and wakes tasks that wait for it to reach a state.
final class ActivityLog: Sendable {
    private struct Waiter {
        let condition: @Sendable (SimulatorActivity) -> Bool
        let continuation: CheckedContinuation<SimulatorActivity, any Error>
    }
    private struct State {
        var activity = SimulatorActivity()
        var waiters: [UUID: Waiter] = [:]
    }
    private let state = Mutex(State())

    var current: SimulatorActivity { state.withLock { $0.activity } }

    func note(_ change: (inout SimulatorActivity) -> Void) {
        let (activity, woken) = state.withLock { state -> (SimulatorActivity, [Waiter]) in
            change(&state.activity)
            guard !state.waiters.isEmpty else { return (state.activity, []) }
            let activity = state.activity
            let ready = state.waiters.filter { $0.value.condition(activity) }
            for id in ready.keys { state.waiters[id] = nil }
            return (activity, Array(ready.values))
        }
        for waiter in woken { waiter.continuation.resume(returning: activity) }
    }

    /// Returns at once or when a change makes `condition` true; throws `CancellationError` when the task is cancelled.
    func wait(until condition: @escaping @Sendable (SimulatorActivity) -> Bool) async throws -> SimulatorActivity {
        let id = UUID()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<SimulatorActivity, any Error>? = state.withLock { state in
                    if condition(state.activity) { return .success(state.activity) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[id] = Waiter(condition: condition, continuation: continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}
