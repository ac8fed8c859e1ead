/// Lets fewer requests through while the server pushes back, and more again once it has stopped.
///
/// Additive increase, multiplicative decrease, as TCP does it. It also keeps the budget of retries: each request earns a
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
    private var lastAnsweredAt = ContinuousClock.now

    /// Requests in a row without an answer, and for how long, after which the server counts as down.
    static let downAfter = (requests: 20, time: Duration.seconds(120))
    /// Retries that are always allowed, and the most that can be saved up.
    static let largestBudget = 50.0
    /// Retries that each served request earns.
    static let earnedPerRequest = 0.2

    /// - Parameter most: Requests under way at once while the server is well.
    init(most: Int) {
        self.most = most
        limit = most
        retryBudget = Self.largestBudget
    }

    /// Waits for a place; each is to be followed by one `leave`.
    func enter() async {
        if running < limit {
            running += 1
        } else {
            // `leave` hands its place over, so that `running` already counts the one resumed.
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Whether the server has stopped answering: each further request would wait for its time limit in vain, for hours in a
    /// large estate.
    var isDown: Bool {
        unansweredInARow >= Self.downAfter.requests && .now - lastAnsweredAt > Self.downAfter.time
    }

    /// Gives the place back, with what the server made of the request.
    ///
    /// - Parameters:
    ///   - pushedBack: Whether the server was in trouble with it.
    ///   - answered: Whether an HTTP answer came, whichever.
    func leave(pushedBack: Bool, answered: Bool = true) {
        running -= 1
        if answered {
            unansweredInARow = 0
            lastAnsweredAt = .now
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
        } else {
            servedSinceChange += 1
            retryBudget = min(Self.largestBudget, retryBudget + Self.earnedPerRequest)
            if servedSinceChange >= limit, limit < most {
                limit += 1
                servedSinceChange = 0
            }
        }
        while running < limit, !waiting.isEmpty {
            running += 1
            waiting.removeFirst().resume()
        }
    }

    /// Takes a retry from the budget; `false` if it is used up.
    func takeRetry() -> Bool {
        guard retryBudget >= 1 else { return false }
        retryBudget -= 1
        return true
    }
}
