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
    let now: @Sendable () -> Timestamp

    struct Asked {
        var outcome: Result<HTTPAnswer, TransportFault>
        /// Why there is no session to ask in, if the vCenter gave none.
        var refusal: CollectionFailure?
    }

    /// - Parameter isRepeated: Whether it is asked again in passing trouble.
    func get(_ path: String, limit: Int, isRepeated: Bool = true) async -> Asked {
        let clock = ContinuousClock()
        let giveUp = clock.now + retry.timePerVM
        var attempt = 1
        while true {
            await pushback.enter()
            if let reason = await reasonNotToAsk {
                await pushback.withdraw()
                return Asked(outcome: .failure(reason))
            }
            let asked = await getOnce(path, limit: limit)
            let trouble = asked.trouble(at: now())
            await pushback.leave(
                pushedBack: trouble != nil, retryAfter: trouble?.retryAfter, answered: asked.isAnswered)
            guard let trouble, attempt < (isRepeated ? retry.attempts : 1), !Task.isCancelled,
                await pushback.takeRetry()
            else {
                return asked
            }
            let delay = retry.delay(afterAttempt: attempt, retryAfter: trouble.retryAfter)
            guard clock.now + delay < giveUp else { return asked }
            logger.debug(
                "asking again", metadata: ["path": "\(path)", "attempt": "\(attempt)", "reason": "\(trouble.reason)"])
            try? await Task.sleep(for: delay)
            attempt += 1
        }
    }

    private var reasonNotToAsk: TransportFault? {
        get async {
            if Task.isCancelled { return TransportFault(kind: .cancelled, reason: "stopped") }
            return await pushback.outage
        }
    }

    private func getOnce(_ path: String, limit: Int) async -> Asked {
        do throws(CollectionFailure) {
            let token = try await session.token()
            let outcome = await get(path, token, limit: limit)
            guard case .success(let answer) = outcome, answer.status == 401 else {
                if case .success = outcome { await session.served(token) }
                return Asked(outcome: outcome)
            }
            guard let renewed = try await session.renewed(after: token) else { return Asked(outcome: outcome) }
            let again = await get(path, renewed, limit: limit)
            if case .success(let answer) = again, answer.status != 401 { await session.served(renewed) }
            return Asked(outcome: again)
        } catch {
            let fault = TransportFault(kind: .unreachable, reason: error.message)
            return Asked(outcome: .failure(fault), refusal: error)
        }
    }

    private func get(_ path: String, _ token: VCenterSession.Token, limit: Int) async -> Result<
        HTTPAnswer, TransportFault
    > {
        await transport.send(.GET, path, headers: token.headers, limit: limit).map(token.withheld)
    }
}

extension SessionRequests.Asked {
    /// Whether an HTTP answer came, whichever.
    fileprivate var isAnswered: Bool {
        if case .success = outcome { true } else { refusal != nil }
    }

    /// Trouble that may have passed by the next try.
    fileprivate struct Trouble {
        var reason: String
        var retryAfter: Duration?
    }

    fileprivate func trouble(at now: Timestamp) -> Trouble? {
        guard refusal == nil else { return nil }
        switch outcome {
        case .success(let answer):
            guard RetryPolicy.isTransient(status: answer.status) else { return nil }
            return Trouble(
                reason: "HTTP \(answer.status)", retryAfter: RetryPolicy.retryAfter(answer.headers, now: now))
        case .failure(let fault):
            switch fault.kind {
            case .timedOut, .unreachable: return Trouble(reason: fault.reason, retryAfter: nil)
            case .notHTTP, .untrusted, .cancelled, .turnedAway: return nil
            }
        }
    }
}
