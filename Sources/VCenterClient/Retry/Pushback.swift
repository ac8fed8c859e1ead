import GuestCustomization

/// Lets fewer requests through while the server pushes back, and more again once it stops.
///
/// It uses additive increase and multiplicative decrease, like TCP. If the server tells requests to wait, the rate also falls to
/// the rate that the server has served. If the server turns away one request after another, none is sent
/// for a while, so that a short outage costs time but no polls. It also keeps the retry budget: each request earns a
/// fraction of a retry, so that a server that is down is not asked four times for every VM.
actor Pushback {
    private let maximum: Int
    private(set) var limit: Int
    private var running = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var servedSinceChange = 0
    /// Requests in flight since before the limit was last lowered; their refusals are already accounted for.
    private var outdated = 0
    private var retryBudget: Double
    private var unansweredInARow = 0
    private var lastAnsweredAt: Duration
    private var pushedBackInARow = 0
    private var lastServedAt: Duration
    private let retry: RetryPolicy
    private let clock: SteadyClock
    /// No request is sent before this instant.
    private var closedUntil: Duration?
    /// How many such pauses there were since a request was last served.
    private var closings = 0
    private var pace: RequestPace
    /// Wakes the requests that wait for the pace.
    private var alarm: Task<Void, Never>?

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

    /// - Parameters:
    ///   - maximum: Concurrent requests while the server is well.
    ///   - retry: How long to wait when requests are turned away, and when the server counts as down.
    init(maximum: Int, retry: RetryPolicy = RetryPolicy(), clock: SteadyClock) {
        self.maximum = maximum
        self.retry = retry
        self.clock = clock
        lastAnsweredAt = clock.now()
        lastServedAt = clock.now()
        pace = RequestPace(at: clock.now())
        limit = maximum
        retryBudget = Self.maximumBudget
    }

    /// Waits for a slot; each call must be followed by one `leave` or `withdraw`.
    func enter() async {
        await withTaskCancellationHandler {
            // `admit` hands over a slot, so `running` already counts the resumed request.
            await withCheckedContinuation { place in
                waiting.append(place)
                admit()
            }
        } onCancel: {
            // The run is being stopped, and waiting requests must learn that.
            Task { await stop() }
        }
    }

    /// Why further requests are pointless: each would wait in vain, for hours in a large estate. `nil` if they are not.
    var outage: TransportFault? {
        if unansweredInARow >= retry.downAfter.requests && clock.now() - lastAnsweredAt > retry.downAfter.time {
            return TransportFault(kind: .unreachable, reason: "not asked: the vCenter has stopped answering")
        }
        if pushedBackInARow >= retry.downAfter.requests && clock.now() - lastServedAt > retry.downAfter.time {
            return TransportFault(
                kind: .turnedAway, reason: "not asked: the vCenter turned away all earlier requests")
        }
        return nil
    }

    /// Returns the slot, with the result of the request.
    ///
    /// - Parameters:
    ///   - outcome: The result of the request.
    ///   - answered: Whether any HTTP answer came.
    func leave(_ outcome: Outcome, answered: Bool = true) {
        running -= 1
        if answered {
            unansweredInARow = 0
            lastAnsweredAt = clock.now()
        } else {
            unansweredInARow += 1
        }
        let isOutdated = outdated > 0
        outdated = max(0, outdated - 1)
        switch outcome {
        case .inTrouble:
            pushBack(isOutdated, retryAfter: nil)
        case .throttled(let time):
            // A few may be told to wait because of what they ask for; a rate limit tells all of them at once.
            if !isOutdated, pace.isLimited || pushedBackInARow + 1 >= Self.closedAfter {
                pace.slowDown(at: clock.now())
            }
            // One request may be told to wait for longer than all the others.
            pushBack(isOutdated, retryAfter: time.flatMap { $0 <= retry.maximumRetryAfter ? $0 : nil })
        case .served:
            pace.noteService(at: clock.now())
            pushedBackInARow = 0
            closings = 0
            lastServedAt = clock.now()
            servedSinceChange += 1
            retryBudget = min(Self.maximumBudget, retryBudget + Self.earnedPerRequest)
            if servedSinceChange >= limit, limit < maximum {
                limit += 1
                servedSinceChange = 0
            }
        }
        admit()
    }

    private func pushBack(_ isOutdated: Bool, retryAfter: Duration?) {
        if !isOutdated {
            limit = max(1, limit / 2)
            outdated = running
        }
        servedSinceChange = 0
        pushedBackInARow += 1
        if pushedBackInARow >= Self.closedAfter { close(retryAfter: retryAfter) }
    }

    /// Returns the slot without a request, which says nothing about the server.
    func withdraw() {
        running -= 1
        admit()
    }

    private func admit() {
        while closedUntil == nil, running < limit, !waiting.isEmpty {
            let wait = pace.wait(at: clock.now())
            guard wait <= .zero else { return wake(after: wait) }
            pace.noteRequest(at: clock.now())
            running += 1
            waiting.removeFirst().resume()
        }
    }

    private func wake(after wait: Duration) {
        guard alarm == nil else { return }
        alarm = Task {
            try? await clock.sleep(for: wait)
            alarm = nil
            admit()
        }
    }

    private func close(retryAfter: Duration?) {
        // Requests that were in flight together count as one.
        guard closedUntil == nil else { return }
        closings += 1
        let delay = retry.delay(afterAttempt: closings, retryAfter: retryAfter)
        let time = clock.now() + delay
        closedUntil = time
        Task {
            try? await clock.sleep(for: delay)
            // Not if a stopped run has opened it and it was closed again.
            if closedUntil == time { open() }
        }
    }

    private func stop() {
        pace = RequestPace(at: clock.now())
        open()
    }

    private func open() {
        closedUntil = nil
        admit()
    }

    /// Takes a retry from the budget; `false` if the budget is used up.
    func takeRetry() -> Bool {
        guard retryBudget >= 1 else { return false }
        retryBudget -= 1
        return true
    }
}
