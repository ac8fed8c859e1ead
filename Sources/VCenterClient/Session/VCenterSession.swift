import Foundation
import GuestCustomization
import NIOCore
import NIOHTTP1

/// The one session of a run, shared by all its requests, and renewed as often as the vCenter ends it.
///
/// However many requests find it ended, one of them logs in again, and the old session is logged out of only when no request is under
/// way in it. A refused login is final: repeated logins with a wrong password lock an account out.
actor VCenterSession {
    /// A session as a request uses it.
    struct Token: Sendable {
        var id: String
        fileprivate var generation: Int
        /// What the answers to requests with this token must not have stored and shown: a server may repeat what it was sent, now or before.
        fileprivate var withholding: Withholding

        var headers: HTTPHeaders { ["vmware-api-session-id": id] }

        /// The answer to a request with this token, from which it and the login are withheld.
        func withheld(from answer: HTTPAnswer) -> HTTPAnswer {
            var answer = answer
            answer.withhold(withholding)
            return answer
        }
    }

    /// What a 401 in mid-run comes from.
    enum Refusal: Sendable, Equatable {
        /// The session had ended; there is another one. `byThisRequest`: it was this request that logged in.
        case sessionEnded(byThisRequest: Bool)
        /// The session serves others: it is this request that is refused. Or no session serves any.
        case ofThisRequest
        /// The vCenter did not tell.
        case unknown(TransportFault)
    }

    private enum State {
        case loggedOut
        case loggingIn(Task<Result<Token, SessionLogin.Failure>, Never>)
        case loggedIn(Token)
        /// For good: another login would not help, and cost each request its time, or lock the account out.
        case failed(SessionLogin.Failure)
    }

    private enum Probe: Sendable {
        case serves
        case ended
        case unknown(TransportFault)
    }

    /// What a login may still take once the run is being stopped: a session that the vCenter opens just then can be ended.
    private static let grace = Duration.seconds(5)
    /// A vCenter that hangs must not hold up the end of a run; it forgets an idle session by itself.
    private static let logOutLimit = TimeAmount.seconds(2)
    /// Sessions in a row that ended before they served any request, after which no other is begun.
    private static let mostBarren = 3

    private let login: SessionLogin
    private var transport: VCenterTransport { login.transport }
    private nonisolated var clock: SteadyClock { login.clock }
    /// How far the vCenter's clock was ahead of ours at the latest login; `nil` where it did not tell.
    private(set) var clockOffsetMilliseconds: Int64?
    private var state = State.loggedOut
    private var generation = 0
    /// Requests under way in each session.
    private var underWay: [Int: Int] = [:]
    /// Sessions that were replaced while requests were under way in them.
    private var replaced: [Int: Token] = [:]
    private var endings: [Task<Bool, Never>] = []
    /// Whether the current session has served a request.
    private var hasServed = false
    private var barren = 0
    /// What was served last, in whichever session: if a session does not serve that, it has ended.
    private var servedPath: String?
    private var probe: (number: Int, task: Task<Probe, Never>)?
    private var probes = 0

    init(_ login: SessionLogin) {
        self.login = login
    }

    /// Logs in if there is no session. Throws why there is none.
    func ensureLogin() async throws(SessionLogin.Failure) { _ = try await token() }

    /// The session, in which a request is now under way, after a login if there is none; owes a `leave`.
    func enter() async throws(SessionLogin.Failure) -> Token {
        let token = try await token()
        underWay[token.generation, default: 0] += 1
        return token
    }

    /// - Parameter path: What was asked for, if it was served.
    func leave(_ token: Token, served path: String? = nil) {
        if let path {
            servedPath = path
            if token.generation == generation { noteService() }
        }
        underWay[token.generation, default: 1] -= 1
        guard underWay[token.generation] == 0 else { return }
        underWay[token.generation] = nil
        if let old = replaced.removeValue(forKey: token.generation) { beginEnding(old) }
    }

    /// Why a request in the session `token` was answered 401, after a new login where the session had ended.
    ///
    /// Other requests tell: what was served before is asked for again, and a session that serves it has not ended.
    func refusal(in token: Token) async throws(SessionLogin.Failure) -> Refusal {
        let known = probes
        while true {
            guard case .loggedIn(let current) = state, current.generation == token.generation else {
                _ = try await self.token()
                return .sessionEnded(byThisRequest: false)
            }
            if let probe, probe.number <= known {
                // Sent before the 401 came: that the session served it says nothing of now.
                _ = await outcome(of: probe.task)
                continue
            }
            switch await outcome(of: probe?.task ?? beginProbe(of: token)) {
            case .unknown(let fault): return .unknown(fault)
            case .serves: return .ofThisRequest
            case .ended:
                guard case .loggedIn(let current) = state, current.generation == token.generation else { continue }
                barren = hasServed ? 0 : barren + 1
                guard barren <= (servedPath == nil ? 1 : Self.mostBarren) else { return .ofThisRequest }
                _ = try await logIn(replacing: current).get()
                return .sessionEnded(byThisRequest: true)
            }
        }
    }

    /// Whether there is a session, as far as is known.
    var isOpen: Bool {
        if case .loggedIn = state { true } else { false }
    }

    /// Whether the vCenter refused the credentials.
    var refusal: CollectionFailure? {
        if case .failed(let why) = state, why.failure.kind == .loginRefused { why.failure } else { nil }
    }

    /// Ends every session there is; to be called however the run ended.
    ///
    /// Returns whether none is left, as far as the vCenter told.
    @discardableResult
    func logOut() async -> Bool {
        if case .loggingIn(let login) = state { _ = await outcome(of: login) }
        for token in replaced.values { beginEnding(token) }
        replaced = [:]
        if case .loggedIn(let token) = state {
            state = .loggedOut
            beginEnding(token)
        }
        var isNoneLeft = true
        for ending in endings where await !ending.value { isNoneLeft = false }
        endings = []
        return isNoneLeft
    }

    private func token() async throws(SessionLogin.Failure) -> Token {
        switch state {
        case .loggedIn(let token): return token
        case .failed(let failure): throw failure
        case .loggingIn(let login): return try await outcome(of: login).get()
        case .loggedOut: return try await logIn(replacing: nil).get()
        }
    }

    private func noteService() {
        hasServed = true
        barren = 0
    }

    private func logIn(replacing old: Token?) async -> Result<Token, SessionLogin.Failure> {
        // In mid-run the requests that need it are asked again, and wait for the server together.
        let attempts = generation == 0 ? login.retry.attempts : 1
        // Not a child task: the request that happens to log in for all others may be cancelled, the login is not.
        let task = Task { took(await login.logIn(attempts: attempts)) }
        state = .loggingIn(task)
        if let old {
            if underWay[old.generation] == nil { beginEnding(old) } else { replaced[old.generation] = old }
        }
        return await outcome(of: task)
    }

    private func took(_ result: Result<SessionLogin.Session, SessionLogin.Failure>) -> Result<
        Token, SessionLogin.Failure
    > {
        switch result {
        case .success(let session):
            generation += 1
            hasServed = false
            clockOffsetMilliseconds = session.clockOffsetMilliseconds ?? clockOffsetMilliseconds
            let token = Token(
                id: session.id, generation: generation, withholding: login.withholding.adding(token: session.id))
            state = .loggedIn(token)
            return .success(token)
        case .failure(let failure):
            let isFinal = failure.failure.kind == .loginRefused || (generation > 0 && !failure.isTransient)
            state = isFinal ? .failed(failure) : .loggedOut
            return .failure(failure)
        }
    }

    private func beginProbe(of token: Token) -> Task<Probe, Never> {
        probes += 1
        let number = probes
        let task = Task {
            let result = await ask(token)
            if case .serves = result, token.generation == generation { noteService() }
            if probe?.number == number { probe = nil }
            return result
        }
        probe = (number, task)
        return task
    }

    private func ask(_ token: Token) async -> Probe {
        // Nothing was served yet: a fresh session that serves nothing is renewed once.
        guard let servedPath else { return .ended }
        switch await transport.send(.GET, servedPath, headers: token.headers, limit: SessionLogin.bodyLimit) {
        case .success(let answer) where answer.status == 401: return .ended
        case .success(let answer) where answer.status == 200: return .serves
        case .success(let answer):
            return .unknown(TransportFault(kind: .turnedAway, reason: "HTTP \(answer.status) to a repeated request"))
        case .failure(let fault): return .unknown(fault)
        }
    }

    private func outcome(of probe: Task<Probe, Never>) async -> Probe {
        await withTaskCancellationHandler {
            await probe.value
        } onCancel: {
            probe.cancel()
        }
    }

    /// How a login ended. It is given up, after its grace, if the waiting task is cancelled: then the run is being stopped.
    private func outcome(
        of login: Task<Result<Token, SessionLogin.Failure>, Never>
    ) async -> Result<Token, SessionLogin.Failure> {
        await withTaskCancellationHandler {
            await login.value
        } onCancel: {
            Task { [clock] in
                try? await clock.sleep(for: Self.grace)
                login.cancel()
            }
        }
    }

    /// Logs out of a session. Not in a child task: it follows a cancelled run too.
    private func beginEnding(_ token: Token) {
        var transport = transport
        transport.timeout = min(transport.timeout, Self.logOutLimit)
        endings.append(Task { [transport] in await Self.end(token, transport) })
    }

    /// Tries once more where something else than time was in the way: a session that is left counts against the account.
    private static func end(_ token: Token, _ transport: VCenterTransport) async -> Bool {
        for _ in 0..<2 {
            switch await transport.send(
                .DELETE, "/api/session", headers: token.headers, limit: SessionLogin.bodyLimit)
            {
            // 401: it had ended by itself.
            case .success(let answer) where (200..<300).contains(answer.status) || answer.status == 401: return true
            case .failure(let fault) where fault.kind == .timedOut: return false
            case .success, .failure: break
            }
        }
        return false
    }
}
