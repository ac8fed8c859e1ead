import Foundation
import GuestCustomization
import NIOCore
import NIOHTTP1

/// The one login of a run, shared by all its requests.
///
/// However many requests find the session ended, one of them logs in again. A refusal is final: repeated logins with a
/// wrong password lock an account out. Source of the protocol: VCENTER-API.md, "Session".
actor VCenterSession {
    /// A session as a request uses it.
    struct Token: Sendable {
        var id: String
        fileprivate var generation: Int

        var headers: HTTPHeaders { ["vmware-api-session-id": id] }

        /// The answer to a request with this token, without the token: a server that repeats what it was sent would have it
        /// stored and shown.
        func withheld(from answer: HTTPAnswer) -> HTTPAnswer {
            var answer = answer
            answer.body.withhold(Array(id.utf8))
            return answer
        }
    }

    private enum State {
        case loggedOut
        case loggingIn(Task<Result<Token, CollectionFailure>, Never>)
        /// `proven`: a request was served in it, so that a later 401 means that it ended.
        case loggedIn(Token, proven: Bool)
        case refused(CollectionFailure)
        /// A new login after the session had ended came to nothing: another one would not either, and cost each request its time.
        case lost(CollectionFailure)
    }

    private static let bodyLimit = 64 * 1024
    /// What a login may still take once the run is being stopped: a session that the vCenter opens just then can be ended.
    private static let grace = Duration.seconds(5)
    /// A vCenter that hangs must not hold up the end of a run; it forgets an idle session by itself.
    private static let logOutLimit = TimeAmount.seconds(2)

    private let transport: VCenterTransport
    private let authorization: Secret
    private let retry: RetryPolicy
    private let now: @Sendable () -> Timestamp
    /// How far the vCenter's clock was ahead of ours at the latest login; `nil` where it did not tell.
    private(set) var clockOffsetMilliseconds: Int64?
    private var state = State.loggedOut
    private var generation = 0
    /// Whether a session that served nothing was renewed already: where a fresh one is refused too, another login does not help.
    private var renewedUnproven = false

    /// - Parameter authorization: Value of the `Authorization` header of the login.
    init(
        transport: VCenterTransport, authorization: Secret, retry: RetryPolicy, now: @escaping @Sendable () -> Timestamp
    ) {
        self.now = now
        self.transport = transport
        self.authorization = authorization
        self.retry = retry
    }

    /// The session's token, after a login if there is none yet.
    func token() async throws(CollectionFailure) -> Token {
        switch state {
        case .loggedIn(let token, _): return token
        case .refused(let failure), .lost(let failure): throw failure
        case .loggingIn(let login): return try await outcome(of: login).get()
        case .loggedOut: return try await logIn(replacing: nil).get()
        }
    }

    /// Notes that a request was served with `token`.
    func served(_ token: Token) {
        if case .loggedIn(let current, proven: false) = state, current.generation == token.generation {
            state = .loggedIn(current, proven: true)
            renewedUnproven = false
        }
    }

    /// A new token after `token` was answered 401; `nil` where a new login would not help.
    func renewed(after token: Token) async throws(CollectionFailure) -> Token? {
        switch state {
        case .loggedIn(let current, let proven):
            if current.generation != token.generation { return current }
            if !proven {
                guard !renewedUnproven else { return nil }
                renewedUnproven = true
            }
            return try await logIn(replacing: current).get()
        default: return try await self.token()
        }
    }

    /// Whether there is a session, as far as is known.
    var isOpen: Bool {
        if case .loggedIn = state { true } else { false }
    }

    /// Whether the vCenter refused the credentials.
    var refusal: CollectionFailure? {
        if case .refused(let failure) = state { failure } else { nil }
    }

    /// Ends the session, if there is one; to be called however the run ended.
    ///
    /// Returns whether no session is left, as far as the vCenter told.
    @discardableResult
    func logOut() async -> Bool {
        if case .loggingIn(let login) = state { _ = await outcome(of: login) }
        guard case .loggedIn(let token, _) = state else { return true }
        state = .loggedOut
        return await end(token)
    }

    private func logIn(replacing old: Token?) async -> Result<Token, CollectionFailure> {
        // Not a child task: the request that happens to log in for all others may be cancelled, the login is not.
        let login = Task {
            let result = await requestToken()
            switch result {
            case .success(let token): state = .loggedIn(token, proven: false)
            case .failure(let failure):
                state =
                    failure.kind == .loginRefused ? .refused(failure) : old == nil ? .loggedOut : .lost(failure)
            }
            return result
        }
        state = .loggingIn(login)
        let result = await outcome(of: login)
        if let old { _ = await end(old) }
        return result
    }

    /// How a login ended. It is given up, after its grace, if the waiting task is cancelled: then the run is being stopped.
    private func outcome(
        of login: Task<Result<Token, CollectionFailure>, Never>
    ) async -> Result<Token, CollectionFailure> {
        await withTaskCancellationHandler {
            await login.value
        } onCancel: {
            Task {
                try? await Task.sleep(for: Self.grace)
                login.cancel()
            }
        }
    }

    /// Tries once more where something else than time was in the way: a session that is left counts against the account.
    private func end(_ token: Token) async -> Bool {
        var transport = transport
        transport.timeout = min(transport.timeout, Self.logOutLimit)
        // Not a child task either: the log-out follows a cancelled run too.
        return await Task { [transport] in
            for _ in 0..<2 {
                switch await transport.send(.DELETE, "/api/session", headers: token.headers, limit: Self.bodyLimit) {
                // 401: it had ended by itself.
                case .success(let answer) where (200..<300).contains(answer.status) || answer.status == 401:
                    return true
                case .failure(let fault) where fault.kind == .timedOut: return false
                case .success, .failure: break
                }
            }
            return false
        }.value
    }

    private func requestToken() async -> Result<Token, CollectionFailure> {
        var attempt = 1
        while true {
            let askedAt = now()
            let outcome = await transport.send(
                .POST, "/api/session", headers: ["authorization": authorization.exposed], limit: Self.bodyLimit)
            if case .success(let answer) = outcome { compareClocks(answer, askedAt: askedAt, answeredAt: now()) }
            switch read(outcome) {
            case .success(let id):
                generation += 1
                return .success(Token(id: id, generation: generation))
            case .failure(let refusal):
                guard refusal.isTransient, attempt < retry.attempts else { return .failure(refusal.failure) }
                try? await Task.sleep(for: retry.delay(afterAttempt: attempt, retryAfter: refusal.retryAfter))
                attempt += 1
            }
        }
    }

    /// `Date` is in whole seconds and was written between question and answer: on average half a second ago, half way.
    private func compareClocks(_ answer: HTTPAnswer, askedAt: Timestamp, answeredAt: Timestamp) {
        guard let date = answer.headers.first(name: "date").flatMap(Timestamp.init(imfFixdate:)) else { return }
        let theirs = date.unixMilliseconds + 500
        let ours = askedAt.unixMilliseconds + (answeredAt.unixMilliseconds - askedAt.unixMilliseconds) / 2
        clockOffsetMilliseconds = theirs - ours
    }

    private struct Refusal: Error {
        var failure: CollectionFailure
        var isTransient = false
        var retryAfter: Duration?
    }

    private func read(_ outcome: Result<HTTPAnswer, TransportFault>) -> Result<String, Refusal> {
        let answer: HTTPAnswer
        switch outcome {
        case .success(let received): answer = received
        case .failure(let fault):
            return .failure(
                Refusal(
                    failure: CollectionFailure(.unreachable, "cannot reach \(transport.baseURL): \(fault.reason)"),
                    // A login that may have arrived may have made a session, which nobody can end without its answer.
                    isTransient: !fault.mayHaveArrived && (fault.kind == .timedOut || fault.kind == .unreachable)))
        }
        // A page that shows the request's headers would show the password.
        let body = WireErrorBody(answer.body)
        let words = body?.text.flatMap { authorization.isRepeated(in: $0) ? nil : ": " + $0 } ?? ""
        switch answer.status {
        case 200..<300:
            guard let id = try? JSONDecoder().decode(String.self, from: Data(answer.body)), isHeaderValue(id) else {
                return .failure(
                    Refusal(
                        failure: CollectionFailure(
                            .unreachable,
                            "\(transport.baseURL) answered the login with something other than a session: is it a vCenter 7.0 or later?"
                        )))
            }
            return .success(id)
        case 401 where body?.isVCenters != true, 403 where body?.isVCenters != true:
            return .failure(
                Refusal(
                    failure: CollectionFailure(
                        .unreachable,
                        "\(transport.baseURL) did not take the login (HTTP \(answer.status))\(words); these are not vCenter's own words: look for a proxy or a firewall before it"
                    )))
        case 401, 403:
            return .failure(
                Refusal(
                    failure: CollectionFailure(
                        .loginRefused,
                        "\(transport.baseURL) refused the login (HTTP \(answer.status))\(words); check the user name, the password and that the account is not locked"
                    )))
        default:
            let isTransient = RetryPolicy.isTransient(status: answer.status)
            // What stands before the vCenter says 502 and 504 of requests that it passed on.
            let isHarmless = isTransient && answer.status != 502 && answer.status != 504
            return .failure(
                Refusal(
                    failure: CollectionFailure(
                        .unreachable,
                        "\(transport.baseURL) did not take the login (HTTP \(answer.status))\(words)\(isTransient ? "; try again later" : "; is it a vCenter 7.0 or later?")"
                    ), isTransient: isHarmless, retryAfter: RetryPolicy.retryAfter(answer.headers, now: now())))
        }
    }

    /// Whether `id` can stand in a header line: visible ASCII of a sane length, since the server chose it.
    private func isHeaderValue(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= 4096 && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
