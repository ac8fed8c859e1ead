import GuestCustomization
import NIOCore
import Synchronization

/// Lets fewer requests through while the server pushes back, and more again once it stops.
///
/// It uses additive increase and multiplicative decrease, like TCP. If the server tells requests to wait, the rate also falls to
/// the rate that the server has served. If the server turns away one request after another, none is sent
/// for a while, so that a short outage costs time but no polls. It also keeps the retry budget: each request earns a
/// fraction of a retry, so that a server that is down is not asked four times for every VM.
///
/// A lock guards it, not an actor: each request passes it several times.
final class Pushback: Sendable {
    /// The result of a request.
    enum Outcome: Sendable {
        case served
        /// The server was in trouble, or did not answer.
        case inTrouble
        /// The server asks for a retry after this time, if it gave one.
        case throttled(Duration?)
    }

    /// After this many requests in a row are turned away, the server is in trouble, rather than some VMs.
    static let closedAfter = 8
    /// The initial and maximum number of retries in the budget.
    static let maximumBudget = 50.0
    /// Retries earned by each served request.
    static let earnedPerRequest = 0.2

    private let retry: RetryPolicy
    private let clock: SteadyClock
    private let state: Mutex<State>

    fileprivate struct State {
        let maximum: Int
        var limit: Int
        var running = 0
        var waiting = CircularBuffer<CheckedContinuation<Void, Never>>()
        var servedSinceChange = 0
        /// Requests in flight since before the limit was last lowered; their refusals are already accounted for.
        var outdated = 0
        var retryBudget = Pushback.maximumBudget
        var unansweredInARow = 0
        var lastAnsweredAt: Duration
        var pushedBackInARow = 0
        var lastServedAt: Duration
        /// No request is sent before this instant.
        var closedUntil: Duration?
        /// How many such pauses there were since a request was last served.
        var closings = 0
        var pace: RequestPace
        /// Whether a timer will wake the requests that wait for the pace.
        var hasAlarm = false

        init(maximum: Int, at now: Duration) {
            self.maximum = maximum
            limit = maximum
            lastAnsweredAt = now
            lastServedAt = now
            pace = RequestPace(at: now)
        }
    }

    /// What is left to do once the lock is released.
    fileprivate struct Consequences {
        var admitted: [CheckedContinuation<Void, Never>] = []
        /// Admit more after this time.
        var alarm: Duration?
        /// Open again after `pause`, unless it was closed until another time.
        var closing: (pause: Duration, until: Duration)?
    }

    /// - Parameters:
    ///   - maximum: Concurrent requests while the server is well.
    ///   - retry: How long to wait when requests are turned away, and when the server counts as down.
    init(maximum: Int, retry: RetryPolicy = RetryPolicy(), clock: SteadyClock) {
        self.retry = retry
        self.clock = clock
        state = Mutex(State(maximum: maximum, at: clock.now()))
    }

    /// How many requests are let through at once.
    var limit: Int { state.withLock { $0.limit } }

    /// Waits for a slot; each call must be followed by one `leave` or `withdraw`.
    func enter() async {
        if state.withLock({ $0.enterAtOnce(at: clock.now()) }) { return }
        await withTaskCancellationHandler {
            // `admit` hands over a slot, so `running` already counts the resumed request.
            await withCheckedContinuation { place in
                update { state, now, consequences in
                    state.waiting.append(place)
                    state.admit(at: now, &consequences)
                }
            }
        } onCancel: {
            // The run is being stopped, and waiting requests must learn that.
            stop()
        }
    }

    /// Why further requests are pointless: each would wait in vain, for hours in a large estate. `nil` if they are not.
    var outage: TransportFault? {
        state.withLock { state in
            if state.unansweredInARow >= retry.downAfter.requests,
                clock.now() - state.lastAnsweredAt > retry.downAfter.time
            {
                return TransportFault(kind: .unreachable, reason: "not asked: the vCenter has stopped answering")
            }
            if state.pushedBackInARow >= retry.downAfter.requests,
                clock.now() - state.lastServedAt > retry.downAfter.time
            {
                return TransportFault(
                    kind: .turnedAway, reason: "not asked: the vCenter turned away all earlier requests")
            }
            return nil
        }
    }

    /// Returns the slot, with the result of the request.
    ///
    /// - Parameters:
    ///   - outcome: The result of the request.
    ///   - answered: Whether any HTTP answer came.
    func leave(_ outcome: Outcome, answered: Bool = true) {
        update { state, now, consequences in
            state.leave(outcome, answered: answered, retry: retry, at: now, &consequences)
        }
    }

    /// Returns the slot without a request, which says nothing about the server.
    func withdraw() {
        update { state, now, consequences in
            state.running -= 1
            state.admit(at: now, &consequences)
        }
    }

    /// Takes a retry from the budget; `false` if the budget is used up.
    func takeRetry() -> Bool {
        state.withLock { state in
            guard state.retryBudget >= 1 else { return false }
            state.retryBudget -= 1
            return true
        }
    }

    private func stop() {
        update { state, now, consequences in
            state.pace = RequestPace(at: now)
            state.closedUntil = nil
            state.admit(at: now, &consequences)
        }
    }

    private func update(_ change: (inout sending State, Duration, inout Consequences) -> Void) {
        let now = clock.now()
        var consequences = Consequences()
        state.withLock { change(&$0, now, &consequences) }
        for place in consequences.admitted { place.resume() }
        if let wait = consequences.alarm {
            Task {
                try? await clock.sleep(for: wait)
                update { state, now, consequences in
                    state.hasAlarm = false
                    state.admit(at: now, &consequences)
                }
            }
        }
        if let (pause, until) = consequences.closing {
            Task {
                try? await clock.sleep(for: pause)
                update { state, now, consequences in
                    // Not if a stopped run has opened it and it was closed again.
                    guard state.closedUntil == until else { return }
                    state.closedUntil = nil
                    state.admit(at: now, &consequences)
                }
            }
        }
    }
}

extension Pushback.State {
    /// Takes a slot if nothing is in the way.
    fileprivate mutating func enterAtOnce(at now: Duration) -> Bool {
        guard closedUntil == nil, running < limit, waiting.isEmpty, pace.wait(at: now) <= .zero else { return false }
        pace.noteRequest(at: now)
        running += 1
        return true
    }

    fileprivate mutating func leave(
        _ outcome: Pushback.Outcome, answered: Bool, retry: RetryPolicy, at now: Duration,
        _ consequences: inout Pushback.Consequences
    ) {
        running -= 1
        if answered {
            unansweredInARow = 0
            lastAnsweredAt = now
        } else {
            unansweredInARow += 1
        }
        let isOutdated = outdated > 0
        outdated = max(0, outdated - 1)
        switch outcome {
        case .inTrouble:
            pushBack(isOutdated, retryAfter: nil, retry, at: now, &consequences)
        case .throttled(let time):
            // A few may be told to wait because of what they ask for; a rate limit tells all of them at once.
            if !isOutdated, pace.isLimited || pushedBackInARow + 1 >= Pushback.closedAfter {
                pace.slowDown(at: now)
            }
            // One request may be told to wait for longer than all the others.
            let common = time.flatMap { $0 <= retry.maximumRetryAfter ? $0 : nil }
            pushBack(isOutdated, retryAfter: common, retry, at: now, &consequences)
        case .served:
            pace.noteService(at: now)
            pushedBackInARow = 0
            closings = 0
            lastServedAt = now
            servedSinceChange += 1
            retryBudget = min(Pushback.maximumBudget, retryBudget + Pushback.earnedPerRequest)
            if servedSinceChange >= limit, limit < maximum {
                limit += 1
                servedSinceChange = 0
            }
        }
        admit(at: now, &consequences)
    }

    fileprivate mutating func pushBack(
        _ isOutdated: Bool, retryAfter: Duration?, _ retry: RetryPolicy, at now: Duration,
        _ consequences: inout Pushback.Consequences
    ) {
        if !isOutdated {
            limit = max(1, limit / 2)
            outdated = running
        }
        servedSinceChange = 0
        pushedBackInARow += 1
        // Requests that were in flight together count as one.
        guard pushedBackInARow >= Pushback.closedAfter, closedUntil == nil else { return }
        closings += 1
        let pause = retry.delay(afterAttempt: closings, retryAfter: retryAfter)
        closedUntil = now + pause
        consequences.closing = (pause, now + pause)
    }

    fileprivate mutating func admit(at now: Duration, _ consequences: inout Pushback.Consequences) {
        while closedUntil == nil, running < limit, !waiting.isEmpty {
            let wait = pace.wait(at: now)
            guard wait <= .zero else {
                if !hasAlarm {
                    hasAlarm = true
                    consequences.alarm = wait
                }
                return
            }
            pace.noteRequest(at: now)
            running += 1
            consequences.admitted.append(waiting.removeFirst())
        }
    }
}
