import GuestCustomization

/// Lets fewer requests through while the server pushes back, and more again once it has stopped.
///
/// Additive increase, multiplicative decrease, as TCP does it. Where the server turns one request after the other away, none is sent
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
        limit = most
        retryBudget = Self.largestBudget
    }

    /// Waits for a place; each is to be followed by one `leave` or `withdraw`.
    func enter() async {
        if closedUntil == nil, running < limit {
            running += 1
            return
        }
        await withTaskCancellationHandler {
            // `admit` hands a place over, so that `running` already counts the one resumed.
            await withCheckedContinuation { waiting.append($0) }
        } onCancel: {
            // The run is being stopped, and whoever waits has to find that out.
            Task { await open() }
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
    ///   - pushedBack: Whether the server was in trouble with it.
    ///   - retryAfter: When it asked to be asked again, if it did.
    ///   - answered: Whether an HTTP answer came, whichever.
    func leave(pushedBack: Bool, retryAfter: Duration? = nil, answered: Bool = true) {
        running -= 1
        if answered {
            unansweredInARow = 0
            lastAnsweredAt = clock.now()
        } else {
            unansweredInARow += 1
        }
        let isOutdated = outdated > 0
        outdated = max(0, outdated - 1)
        if pushedBack {
            if !isOutdated {
                limit = max(1, limit / 2)
                outdated = running
            }
            servedSinceChange = 0
            pushedBackInARow += 1
            if pushedBackInARow >= Self.closedAfter { close(retryAfter: retryAfter) }
        } else {
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

    /// Gives the place back without a request: that tells nothing of the server.
    func withdraw() {
        running -= 1
        admit()
    }

    private func admit() {
        while closedUntil == nil, running < limit, !waiting.isEmpty {
            running += 1
            waiting.removeFirst().resume()
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
