import GuestCustomization
import Logging
import NIOHTTP1

/// Requests within the session. They are repeated after a new login if the session has ended, and repeated if the server or the
/// network was in temporary trouble.
final class SessionRequests: Sendable {
    let transport: VCenterTransport
    let session: VCenterSession
    let pushback: Pushback
    let retry: RetryPolicy
    let logger: Logger
    let clock: SteadyClock
    let now: @Sendable () -> Timestamp

    init(
        transport: VCenterTransport, session: VCenterSession, pushback: Pushback, retry: RetryPolicy, logger: Logger,
        clock: SteadyClock, now: @escaping @Sendable () -> Timestamp
    ) {
        self.transport = transport
        self.session = session
        self.pushback = pushback
        self.retry = retry
        self.logger = logger
        self.clock = clock
        self.now = now
    }

    struct Asked: Sendable {
        var outcome: Result<HTTPAnswer, TransportFault>
        /// When the request with this outcome was sent, or, if none was sent, when that was decided.
        var sentAt: Duration
        /// Why there is no session, if the vCenter opened none.
        var refusal: SessionLogin.Failure?
    }

    /// Logins that one request may cause because its session has ended. After that many, the request itself is what ends them.
    private static let maximumLogins = 20
    /// Ended sessions that one request may meet.
    private static let maximumSessions = 50

    /// What is sent.
    struct Call: Sendable {
        var method: HTTPMethod
        /// Path and query, percent-encoded.
        var path: String
        /// JSON; `nil` for none.
        var body: [UInt8]?
        /// Whether to repeat it in temporary trouble.
        var isRepeated = true
        /// Whether it is sent without the session's token.
        var isAnonymous = false
        /// Whether its answers may be faults of VI JSON.
        fileprivate var isOfVIJSON: Bool { path.hasPrefix("/sdk/") }
    }

    /// A GET request; the parameters are those of `send`.
    func get(
        _ path: String, limit: Int, isRepeated: Bool = true,
        isAnswer: @Sendable (HTTPAnswer) -> Bool = { _ in false }
    ) async -> Asked {
        await send(Call(method: .GET, path: path, isRepeated: isRepeated), limit: limit, isAnswer: isAnswer)
    }

    /// - Parameter isAnswer: Whether an answer with a status that servers in trouble give is about the requested object, and so is not trouble.
    func send(
        _ call: Call, limit: Int, isAnswer: @Sendable (HTTPAnswer) -> Bool = { _ in false }
    ) async -> Asked {
        var giveUp: Duration?
        var (attempt, throttlings) = (1, 0)
        var latest: Asked?
        while true {
            await pushback.enter()
            if let reason = reasonNotToAsk {
                pushback.withdraw()
                // Keep the earlier answer.
                return latest ?? Asked(outcome: .failure(reason), sentAt: clock.now())
            }
            let began = clock.now()
            let asked = await sendOnce(call, limit: limit)
            let trouble = asked.trouble(call, at: now(), isAnswer)
            pushback.leave(
                trouble.map { $0.isThrottled ? .throttled($0.retryAfter) : .inTrouble } ?? .served,
                answered: asked.isAnswered)
            latest = asked
            guard let trouble, call.isRepeated, !Task.isCancelled else { return asked }
            let delay: Duration
            if trouble.isThrottled {
                // Being told to wait is not a refusal, so it costs no retry.
                throttlings += 1
                guard trouble.retryAfter != nil || throttlings < retry.throttlings else { return asked }
                delay = retry.wait(afterThrottlings: throttlings, retryAfter: trouble.retryAfter)
            } else {
                guard attempt < retry.attempts, pushback.takeRetry() else { return asked }
                delay = retry.delay(afterAttempt: attempt, retryAfter: nil)
                attempt += 1
            }
            let end = giveUp ?? began + retry.timePerVM
            giveUp = end
            // Do not retry before the time that the server named.
            guard clock.now() + delay < end else { return asked }
            logger.debug(
                "asking again (attempt {attempt}) for {path}: {reason}",
                metadata: ["path": "\(call.path)", "attempt": "\(attempt)", "reason": "\(trouble.reason)"])
            try? await clock.sleep(for: delay)
        }
    }

    private var reasonNotToAsk: TransportFault? {
        Task.isCancelled ? TransportFault(kind: .cancelled, reason: "stopped") : pushback.outage
    }

    /// One attempt, in as many sessions as the vCenter ends meanwhile.
    private func sendOnce(_ call: Call, limit: Int) async -> Asked {
        var (logins, sessions) = (0, 0)
        var sentAt = clock.now()
        if call.isAnonymous {
            return Asked(
                outcome: await transport.send(call.method, call.path, body: call.body, limit: limit), sentAt: sentAt)
        }
        do throws(SessionLogin.Failure) {
            while true {
                let token = try await session.enter()
                sentAt = clock.now()
                var headers = token.headers
                if call.body != nil { headers.add(name: "content-type", value: "application/json") }
                let outcome = await transport.send(
                    call.method, call.path, headers: headers, body: call.body, limit: limit
                ).map(token.withheld)
                if case .success(let answer) = outcome { sentAt = answer.sentAt ?? sentAt }
                let asked = Asked(outcome: outcome, sentAt: sentAt)
                guard case .success(let answer) = outcome, answer.isOfEndedSession else {
                    await session.leave(
                        token, isServed: asked.isServed && call.provesSession,
                        probe: call.canProbe ? call.path : nil)
                    return asked
                }
                let refusal: VCenterSession.Refusal
                do throws(SessionLogin.Failure) {
                    refusal = try await session.refusal(in: token)
                } catch {
                    await session.leave(token)
                    throw error
                }
                await session.leave(token)
                switch refusal {
                case .ofThisRequest: return asked
                case .unknown(let fault): return Asked(outcome: .failure(fault), sentAt: sentAt)
                case .sessionEnded(let byThisRequest):
                    sessions += 1
                    if byThisRequest { logins += 1 }
                    if logins >= Self.maximumLogins || sessions >= Self.maximumSessions { return asked }
                }
            }
        } catch {
            let fault = TransportFault(kind: error.fault, reason: error.failure.message)
            return Asked(outcome: .failure(fault), sentAt: sentAt, refusal: error)
        }
    }
}

extension SessionRequests.Call {
    /// Whether being served shows that the session is valid. Some properties of VI JSON need no session.
    fileprivate var provesSession: Bool { path.hasPrefix("/api/") || method == .POST }
    /// Whether it can be asked again only to find out whether the session is still valid.
    fileprivate var canProbe: Bool { method == .GET && path.hasPrefix("/api/") }
}

extension SessionRequests.Asked {
    /// Whether any HTTP answer came.
    fileprivate var isAnswered: Bool {
        if case .success = outcome { true } else { refusal?.isAnswered == true }
    }

    /// Whether the session was valid for it.
    fileprivate var isServed: Bool {
        if case .success(let answer) = outcome { answer.status == 200 || answer.status == 204 } else { false }
    }

    /// Trouble that may be over at the next attempt.
    fileprivate struct Trouble {
        var reason: String
        var retryAfter: Duration?
        /// Whether the server asked for a pause, rather than being unable to answer.
        var isThrottled = false
    }

    fileprivate func trouble(_ call: SessionRequests.Call, at now: Timestamp, _ isAnswer: (HTTPAnswer) -> Bool)
        -> Trouble?
    {
        if let refusal {
            return refusal.isTransient
                ? Trouble(
                    reason: refusal.failure.message, retryAfter: refusal.retryAfter,
                    isThrottled: refusal.retryAfter != nil) : nil
        }
        switch outcome {
        case .success(let answer):
            guard answer.mayBeOfServerInTrouble(call), !isAnswer(answer) else { return nil }
            let retryAfter = RetryPolicy.retryAfter(answer.headers, now: now)
            return Trouble(
                reason: "HTTP \(answer.status)", retryAfter: retryAfter,
                isThrottled: answer.status == 429 || retryAfter != nil)
        case .failure(let fault):
            guard fault.mayPass else { return nil }
            switch fault.kind {
            case .timedOut, .unreachable, .turnedAway: return Trouble(reason: fault.reason, retryAfter: nil)
            case .notHTTP, .untrusted, .cancelled: return nil
            }
        }
    }
}

extension HTTPAnswer {
    /// Whether it says that there is no such session. VI JSON says so by a fault.
    var isOfEndedSession: Bool { status == 401 || (status == 500 && VIFault(body)?.kind == .notAuthenticated) }

    /// Whether a server in trouble may give this answer to every request. A 500 in vCenter's own words is about the requested object.
    fileprivate func mayBeOfServerInTrouble(_ call: SessionRequests.Call) -> Bool {
        RetryPolicy.isTransient(status: status)
            || (status == 500 && !(call.isOfVIJSON && VIFault(body) != nil) && WireErrorBody(body)?.isVCenters != true)
    }
}
