import Foundation
import GuestCustomization
import NIOCore
import NIOHTTP1
import Synchronization

/// The single session of a run, shared by all its requests, and renewed whenever the vCenter ends it.
///
/// However many requests find it ended, only one logs in again. The old session is logged out of only when no request is still
/// using it. A refused login is final: repeated logins with a wrong password lock the account.
actor VCenterSession {
    /// The cause of a 401 during a run.
    enum Refusal: Sendable, Equatable {
        /// The session had ended, and there is a new one. `byThisRequest`: this request logged in.
        case sessionEnded(byThisRequest: Bool)
        /// The session serves other requests, so only this request is refused; or no session serves any request.
        case ofThisRequest
        /// The vCenter did not show it.
        case unknown(TransportFault)
    }

    private enum State {
        case loggedOut
        case loggingIn(Task<Result<Token, SessionLogin.Failure>, Never>)
        case loggedIn(Token)
        /// Final: another login would not help. It would cost each request time, or lock the account.
        case failed(SessionLogin.Failure)
    }

    private enum Probe: Sendable {
        case serves
        case ended
        case unknown(TransportFault)
    }

    /// How long a login may still take once the run is being stopped, so that a session opened just then can be ended.
    private static let grace = Duration.seconds(5)
    /// A vCenter that hangs must not delay the end of a run for long; an idle session expires. One that is busy takes seconds, and a session
    /// left open counts against the account's limit.
    private static let logOutLimit = TimeAmount.seconds(5)
    /// After this many sessions in a row end without serving a request, no other is opened.
    private static let maximumBarren = 3

    private let login: SessionLogin
    private var transport: VCenterTransport { login.transport }
    private nonisolated var clock: SteadyClock { login.clock }
    /// How far the vCenter's clock was ahead of ours at the latest login; `nil` if it did not say.
    private(set) var clockOffsetMilliseconds: Int64?
    private var state = State.loggedOut {
        didSet {
            let token = if case .loggedIn(let token) = state { token } else { Token?.none }
            use.withLock { $0.current = token }
        }
    }
    private var endings: [Task<Bool, Never>] = []
    private let use = Mutex(Use())
    private var probe: (number: Int, task: Task<Probe, Never>)?
    private var probes = 0

    init(_ login: SessionLogin) {
        self.login = login
    }

    /// Logs in if there is no session. Throws the reason if there is still none.
    func ensureLogin() async throws(SessionLogin.Failure) { _ = try await token() }

    /// Enters the session with a request, after a login if there is none. The caller must call `leave`.
    nonisolated func enter() async throws(SessionLogin.Failure) -> Token {
        let open = use.withLock { use in
            if let token = use.current { use.enter(token) }
            return use.current
        }
        if let open { return open }
        return try await enterAfterLogin()
    }

    private func enterAfterLogin() async throws(SessionLogin.Failure) -> Token {
        let token = try await token()
        use.withLock { $0.enter(token) }
        return token
    }

    /// - Parameters:
    ///   - isServed: Whether the session was valid for the request.
    ///   - probe: Its path, if asking for it again shows whether the session has ended.
    nonisolated func leave(_ token: Token, isServed: Bool = false, probe: String? = nil) async {
        let old = use.withLock { use in
            if isServed {
                use.servedPath = probe ?? use.servedPath
                use.noteService(in: token)
            }
            return use.leave(token)
        }
        if let old { await beginEnding(old) }
    }

    /// Why a request in the session `token` was answered 401. Logs in again if the session had ended.
    ///
    /// The path served last is requested again: a session that serves it has not ended.
    func refusal(in token: Token) async throws(SessionLogin.Failure) -> Refusal {
        let known = probes
        while true {
            guard case .loggedIn(let current) = state, current.generation == token.generation else {
                _ = try await self.token()
                return .sessionEnded(byThisRequest: false)
            }
            if let probe, probe.number <= known {
                // It was sent before the 401 came, so being served says nothing about the session now.
                _ = await outcome(of: probe.task)
                continue
            }
            switch await outcome(of: probe?.task ?? beginProbe(of: token)) {
            case .unknown(let fault): return .unknown(fault)
            case .serves: return .ofThisRequest
            case .ended:
                guard case .loggedIn(let current) = state, current.generation == token.generation else { continue }
                let isHopeless = use.withLock { use in
                    use.barren = use.hasServed ? 0 : use.barren + 1
                    return use.barren > (use.servedPath == nil ? 1 : Self.maximumBarren)
                }
                if isHopeless { return .ofThisRequest }
                _ = try await logIn(replacing: current).get()
                return .sessionEnded(byThisRequest: true)
            }
        }
    }

    /// Whether there is a session, as far as we know.
    var isOpen: Bool {
        if case .loggedIn = state { true } else { false }
    }

    /// Whether the vCenter refused the credentials.
    var refusal: HistoryError? {
        if case .failed(let why) = state, why.failure.code == .loginRefused { why.failure } else { nil }
    }

    /// Ends all sessions. Must be called however the run ended.
    ///
    /// Returns whether none is left, as far as the vCenter reported.
    @discardableResult
    func logOut() async -> Bool {
        if case .loggingIn(let login) = state { _ = await outcome(of: login) }
        let replaced = use.withLock { use in
            defer { use.replaced = [:] }
            return use.replaced
        }
        for token in replaced.values { beginEnding(token) }
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

    private func logIn(replacing old: Token?) async -> Result<Token, SessionLogin.Failure> {
        // During a run, the requests that need it are retried and wait for the server together.
        let attempts = use.withLock { $0.generation } == 0 ? login.retry.attempts : 1
        // Not a child task: the request that logs in for all others may be cancelled; the login must not be.
        let task = Task { took(await login.logIn(attempts: attempts)) }
        state = .loggingIn(task)
        if let old {
            let isUnused = use.withLock { use in
                if use.underWay[old.generation] == nil { return true }
                use.replaced[old.generation] = old
                return false
            }
            if isUnused { beginEnding(old) }
        }
        return await outcome(of: task)
    }

    private func took(_ result: Result<SessionLogin.Session, SessionLogin.Failure>) -> Result<
        Token, SessionLogin.Failure
    > {
        switch result {
        case .success(let session):
            let generation = use.withLock { use in
                use.generation += 1
                use.hasServed = false
                return use.generation
            }
            clockOffsetMilliseconds = session.clockOffsetMilliseconds ?? clockOffsetMilliseconds
            let token = Token(
                id: session.id, generation: generation, withholding: login.withholding.adding(token: session.id))
            state = .loggedIn(token)
            return .success(token)
        case .failure(let failure):
            let isFinal =
                failure.failure.code == .loginRefused || (use.withLock { $0.generation } > 0 && !failure.isTransient)
            state = isFinal ? .failed(failure) : .loggedOut
            return .failure(failure)
        }
    }

    private func beginProbe(of token: Token) -> Task<Probe, Never> {
        probes += 1
        let number = probes
        let task = Task {
            let result = await ask(token)
            if case .serves = result { use.withLock { $0.noteService(in: token) } }
            if probe?.number == number { probe = nil }
            return result
        }
        probe = (number, task)
        return task
    }

    private func ask(_ token: Token) async -> Probe {
        // Nothing was served yet: renew a new session that serves nothing once.
        guard let servedPath = use.withLock({ $0.servedPath }) else { return .ended }
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

    /// How a login ended. If the waiting task is cancelled, the run is being stopped, and the login is given up after its grace period.
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

    /// Logs out of a session. Not in a child task: it also happens after a cancelled run.
    private func beginEnding(_ token: Token) {
        var transport = transport
        transport.timeout = min(transport.timeout, Self.logOutLimit)
        endings.append(Task { [transport, login] in await Self.end(token, transport, login.way.logOut) })
    }

    /// Tries once more unless the time ran out: a session left open counts against the account's limit.
    private static func end(_ token: Token, _ transport: VCenterTransport, _ call: SessionRequests.Call) async -> Bool {
        var headers = token.headers
        if call.body != nil { headers.add(name: "content-type", value: "application/json") }
        for _ in 0..<2 {
            switch await transport.send(
                call.method, call.path, headers: headers, body: call.body, limit: SessionLogin.bodyLimit)
            {
            case .success(let answer) where (200..<300).contains(answer.status) || answer.isOfEndedSession: return true
            case .failure(let fault) where fault.kind == .timedOut: return false
            case .success, .failure: break
            }
        }
        return false
    }
}
