import GuestCustomization
import Logging

/// GET requests within the session: again after a new login where the session had ended, and again where the server or the
/// network was in passing trouble.
struct SessionRequests: Sendable {
    let transport: VCenterTransport
    let session: VCenterSession
    let pushback: Pushback
    let retry: RetryPolicy
    let logger: Logger
    let clock: SteadyClock
    let now: @Sendable () -> Timestamp

    struct Asked: Sendable {
        var outcome: Result<HTTPAnswer, TransportFault>
        /// When the request that had this outcome was sent; if none was, when that was decided.
        var sentAt: Duration
        /// Why there is no session to ask in, if the vCenter gave none.
        var refusal: SessionLogin.Failure?
    }

    /// Logins that one request may bring about because it found a session ended. After so many it is what it asks for that ends them.
    private static let mostLogins = 20
    /// Sessions that one request may find ended.
    private static let mostSessions = 50

    /// - Parameters:
    ///   - isRepeated: Whether it is asked again in passing trouble.
    ///   - isAnswer: Whether an answer of a status that servers in trouble give is about what was asked for, and so is no trouble.
    func get(
        _ path: String, limit: Int, isRepeated: Bool = true,
        isAnswer: @Sendable (HTTPAnswer) -> Bool = { _ in false }
    ) async -> Asked {
        var giveUp: Duration?
        var (attempt, tellings) = (1, 0)
        var latest: Asked?
        while true {
            await pushback.enter()
            if let reason = await reasonNotToAsk {
                await pushback.withdraw()
                // What was answered before is the answer.
                return latest ?? Asked(outcome: .failure(reason), sentAt: clock.now())
            }
            let began = clock.now()
            let asked = await getOnce(path, limit: limit)
            let trouble = asked.trouble(at: now(), isAnswer)
            await pushback.leave(
                trouble.map { $0.isToldToWait ? .toldToWait($0.retryAfter) : .inTrouble } ?? .served,
                answered: asked.isAnswered)
            latest = asked
            guard let trouble, isRepeated, !Task.isCancelled else { return asked }
            let delay: Duration
            if trouble.isToldToWait {
                // To be told to wait is not to be refused: it uses up nothing.
                tellings += 1
                guard trouble.retryAfter != nil || tellings < retry.tellings else { return asked }
                delay = retry.wait(afterTellings: tellings, retryAfter: trouble.retryAfter)
            } else {
                guard attempt < retry.attempts, await pushback.takeRetry() else { return asked }
                delay = retry.delay(afterAttempt: attempt, retryAfter: nil)
                attempt += 1
            }
            let end = giveUp ?? began + retry.timePerVM
            giveUp = end
            // Nor is it asked before the time that it named.
            guard clock.now() + delay < end else { return asked }
            logger.debug(
                "asking again", metadata: ["path": "\(path)", "attempt": "\(attempt)", "reason": "\(trouble.reason)"])
            try? await clock.sleep(for: delay)
        }
    }

    private var reasonNotToAsk: TransportFault? {
        get async {
            if Task.isCancelled { return TransportFault(kind: .cancelled, reason: "stopped") }
            return await pushback.outage
        }
    }

    /// One try, in as many sessions as the vCenter ends meanwhile.
    private func getOnce(_ path: String, limit: Int) async -> Asked {
        var (logins, sessions) = (0, 0)
        var sentAt = clock.now()
        do throws(SessionLogin.Failure) {
            while true {
                let token = try await session.enter()
                sentAt = clock.now()
                let outcome = await transport.send(.GET, path, headers: token.headers, limit: limit).map(token.withheld)
                if case .success(let answer) = outcome { sentAt = answer.sentAt ?? sentAt }
                let asked = Asked(outcome: outcome, sentAt: sentAt)
                guard case .success(let answer) = outcome, answer.status == 401 else {
                    await session.leave(token, served: asked.isServed ? path : nil)
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
                    if logins >= Self.mostLogins || sessions >= Self.mostSessions { return asked }
                }
            }
        } catch {
            let fault = TransportFault(kind: error.fault, reason: error.failure.message)
            return Asked(outcome: .failure(fault), sentAt: sentAt, refusal: error)
        }
    }
}

extension SessionRequests.Asked {
    /// Whether an HTTP answer came, whichever.
    fileprivate var isAnswered: Bool {
        if case .success = outcome { true } else { refusal?.isAnswered == true }
    }

    /// Whether the session was good for it.
    fileprivate var isServed: Bool {
        if case .success(let answer) = outcome { answer.status == 200 } else { false }
    }

    /// Trouble that may have passed by the next try.
    fileprivate struct Trouble {
        var reason: String
        var retryAfter: Duration?
        /// Whether the server said that it does not want to be asked for a while, rather than that it could not answer.
        var isToldToWait = false
    }

    fileprivate func trouble(at now: Timestamp, _ isAnswer: (HTTPAnswer) -> Bool) -> Trouble? {
        if let refusal {
            return refusal.isTransient
                ? Trouble(
                    reason: refusal.failure.message, retryAfter: refusal.retryAfter,
                    isToldToWait: refusal.retryAfter != nil) : nil
        }
        switch outcome {
        case .success(let answer):
            guard answer.mayBeOfServerInTrouble, !isAnswer(answer) else { return nil }
            let retryAfter = RetryPolicy.retryAfter(answer.headers, now: now)
            return Trouble(
                reason: "HTTP \(answer.status)", retryAfter: retryAfter,
                isToldToWait: answer.status == 429 || retryAfter != nil)
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
    /// Whether this may be what a server in trouble says to all. A 500 in vCenter's own words is about what was asked for.
    fileprivate var mayBeOfServerInTrouble: Bool {
        RetryPolicy.isTransient(status: status) || (status == 500 && WireErrorBody(body)?.isVCenters != true)
    }
}
