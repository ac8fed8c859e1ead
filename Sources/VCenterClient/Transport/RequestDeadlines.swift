import NIOConcurrencyHelpers
import NIOCore

/// Fails requests whose time is over. All share one timer: setting and cancelling one for each costs a twentieth of a request.
final class RequestDeadlines: Sendable {
    private struct State {
        var requests: [Int: (deadline: NIODeadline, fail: @Sendable () -> Void)] = [:]
        var nextNumber = 0
        var alarm: (at: NIODeadline, timer: Scheduled<Void>)?
    }

    private let loop: any EventLoop
    private let state = NIOLockedValueBox(State())

    init(on loop: any EventLoop) {
        self.loop = loop
    }

    /// Calls `fail` after the deadline, unless `end` is called first with the number that this returns.
    func begin(_ deadline: NIODeadline, fail: @escaping @Sendable () -> Void) -> Int {
        state.withLockedValue { state in
            state.nextNumber += 1
            state.requests[state.nextNumber] = (deadline, fail)
            // An alarm for a request that has ended stays set until it goes off, so that few are ever set.
            if state.alarm.map({ deadline < $0.at }) ?? true { setAlarm(at: deadline, &state) }
            return state.nextNumber
        }
    }

    /// The request has ended.
    func end(_ number: Int) {
        state.withLockedValue { $0.requests[number] = nil }
    }

    private func setAlarm(at deadline: NIODeadline, _ state: inout State) {
        state.alarm?.timer.cancel()
        state.alarm = (deadline, loop.scheduleTask(deadline: deadline) { self.failOverdue() })
    }

    private func failOverdue() {
        let now = NIODeadline.now()
        let overdue = state.withLockedValue { state in
            let overdue = state.requests.filter { $0.value.deadline <= now }
            for number in overdue.keys { state.requests[number] = nil }
            state.alarm = nil
            if let next = state.requests.values.map(\.deadline).min() { setAlarm(at: next, &state) }
            return overdue
        }
        for request in overdue.values { request.fail() }
    }
}
