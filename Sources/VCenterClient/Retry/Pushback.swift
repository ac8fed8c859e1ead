import GuestCustomization

/// Lets fewer requests through while the server pushes back, and more again once it has stopped.
///
/// Additive increase, multiplicative decrease, as TCP does it. Where the server tells requests to wait, the rate is brought down, too, to
/// the one that it has served. Where the server turns one request after the other away, none is sent
/// for a while, so that a short outage costs time and no polls. It also keeps the budget of retries: each request earns a
/// fraction of one, so that a server that is down is not asked four times for every VM.
actor Pushback {
    private let most: Int
    private(set) var limit: Int
    private var running = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var servedSinceChange = 0
    /// Requests still under way from before the limit was last lowered; their refusals are old news.
    private var outdated = 0
    private var retryBudget: Double
    private var unansweredInARow = 0
    private var lastAnsweredAt: Duration
    private var pushedBackInARow = 0
    private var lastServedAt: Duration
    private let retry: RetryPolicy
    private let clock: SteadyClock
    /// Until when no request is sent.
    private var closedUntil: Duration?
    /// How often that was so since a request was served.
    private var closings = 0
    private var pace: RequestPace
    /// Wakes those who wait for the pace.
    private var alarm: Task<Void, Never>?

    /// What the server made of a request.
    enum Outcome: Sendable {
        case served
        /// It was in trouble with it, or did not answer.
        case inTrouble
        /// It wants to be asked again after so long, if it said how long.
        case toldToWait(Duration?)
    }

    /// Requests in a row that are turned away, after which it is the server that is in trouble, and not some VMs.
    static let closedAfter = 8
    /// Retries that are always allowed, and the most that can be saved up.
    static let largestBudget = 50.0
    /// Retries that each served request earns.
    static let earnedPerRequest = 0.2

    /// - Parameters:
    ///   - most: Requests under way at once while the server is well.
    ///   - retry: How long is waited where requests are turned away, and when the server counts as down.
    init(most: Int, retry: RetryPolicy = RetryPolicy(), clock: SteadyClock) {
        self.most = most
        self.retry = retry
        self.clock = clock
        lastAnsweredAt = clock.now()
        lastServedAt = clock.now()
        pace = RequestPace(at: clock.now())
        limit = most
        retryBudget = Self.largestBudget
    }

    /// Waits for a place; each is to be followed by one `leave` or `withdraw`.
    func enter() async {
        await withTaskCancellationHandler {
            // `admit` hands a place over, so that `running` already counts the one resumed.
            await withCheckedContinuation { place in
                waiting.append(place)
                admit()
            }
        } onCancel: {
            // The run is being stopped, and whoever waits has to find that out.
            Task { await stop() }
        }
    }

    /// Why no further request makes sense, each of which would wait in vain, for hours in a large estate; `nil` if it may.
    var outage: TransportFault? {
        if unansweredInARow >= retry.downAfter.requests && clock.now() - lastAnsweredAt > retry.downAfter.time {
            return TransportFault(kind: .unreachable, reason: "not asked: the vCenter has stopped answering")
        }
        if pushedBackInARow >= retry.downAfter.requests && clock.now() - lastServedAt > retry.downAfter.time {
            return TransportFault(
                kind: .turnedAway, reason: "not asked: the vCenter turned all requests before it away")
        }
        return nil
    }

    /// Gives the place back, with what the server made of the request.
    ///
    /// - Parameters:
    ///   - outcome: What it made of it.
    ///   - answered: Whether an HTTP answer came, whichever.
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
        case .toldToWait(let time):
            // A few of them may be told for what they ask for; of a limit on the rate, all are told at once.
            if !isOutdated, pace.isLimited || pushedBackInARow + 1 >= Self.closedAfter {
                pace.slowDown(at: clock.now())
            }
            // One request may be told to wait for longer than all others would be.
            pushBack(isOutdated, retryAfter: time.flatMap { $0 <= retry.longestRetryAfter ? $0 : nil })
        case .served:
            pace.noteService(at: clock.now())
            pushedBackInARow = 0
            closings = 0
            lastServedAt = clock.now()
            servedSinceChange += 1
            retryBudget = min(Self.largestBudget, retryBudget + Self.earnedPerRequest)
            if servedSinceChange >= limit, limit < most {
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

    /// Gives the place back without a request: that tells nothing of the server.
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
        // Those that were under way together count as one.
        guard closedUntil == nil else { return }
        closings += 1
        let delay = retry.delay(afterAttempt: closings, retryAfter: retryAfter)
        let time = clock.now() + delay
        closedUntil = time
        Task {
            try? await clock.sleep(for: delay)
            // Not if a run that was stopped has opened it, and it was closed anew.
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

    /// Takes a retry from the budget; `false` if it is used up.
    func takeRetry() -> Bool {
        guard retryBudget >= 1 else { return false }
        retryBudget -= 1
        return true
    }
}
