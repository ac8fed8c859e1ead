import AsyncHTTPClient
import GuestCustomization
import HistoryConfiguration
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// One vCenter, queried over HTTPS in one session at a time.
///
/// Nothing is sent before the first request. The creator must call `close()`.
package actor VCenter: CustomizationSource {
    private let connector: VCenterConnector
    private let logins: LoginGate
    /// A lock guards it, because every poll needs it.
    private nonisolated let established = Mutex<VCenterConnection?>(nil)
    /// Polls run on the event loop that their connections use, so that no request has to wake another thread.
    package nonisolated let executor: (any TaskExecutor)?
    /// Why the request for the instance UUID failed, until another request is made.
    private var connectionFailure: HistoryError?
    /// Its VI JSON API, agreed on once in a session.
    private var vi: Task<Result<VIClient, HistoryError>, Never>?
    /// Whether the vCenter has an endpoint; checked once, however many polls need it.
    private var presences: [Endpoint: Task<EndpointProbe.Presence, Never>] = [:]

    private nonisolated var configuration: VCenterConfiguration { connector.configuration }
    private nonisolated var connection: VCenterConnection? { established.withLock(\.self) }

    /// - Parameters:
    ///   - logins: The logins refused here or by other vCenters; `nil` to know only those of this instance.
    ///   - noteProgress: Called whenever a request or a handshake has ended, whatever the result.
    ///   - now: The clock that the vCenter's, and the validity of its certificate, are compared with.
    ///   - clock: Measures when requests were sent and how long to wait; the collector's clock.
    package init(
        _ configuration: VCenterConfiguration, retry: RetryPolicy = RetryPolicy(), logger: Logger,
        logins: LoginGate? = nil, noteProgress: @escaping @Sendable () -> Void = {},
        now: @escaping @Sendable () -> Timestamp, clock: SteadyClock
    ) {
        self.logins = logins ?? LoginGate(now: now, clock: clock)
        // One event loop serves hundreds of connections; with one for each core, waking their threads costs time.
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        connector = VCenterConnector(
            configuration: configuration, retry: retry, logger: logger, loop: loop, noteProgress: noteProgress,
            now: now, clock: clock)
        executor = EventLoopExecutor(loop)
    }

    /// Ends the session; the next listing begins another. Must be called however a run ended, including by a signal.
    package func logOut() async {
        vi?.cancel()
        let sessions = await sessions
        vi = nil
        var isOneLeft = false
        for session in sessions where await !session.logOut() { isOneLeft = true }
        if isOneLeft {
            connector.logger.info(
                "{vcenter}: the session could not be ended; it expires once it has been idle for long enough",
                metadata: ["vcenter": "\(configuration.address)"])
        }
    }

    /// Those of the connection: one, and on 8.0 U1 and U2 that of VI JSON.
    private var sessions: [VCenterSession] {
        get async {
            let client = try? await vi?.value.get()
            return [client?.session, connection?.requests.session].compactMap(\.self)
        }
    }

    /// How long to wait for connections to close. A connection still being made ends when its own time limit expires.
    private static let closingLimit = Duration.seconds(1)

    /// Ends the session and closes the connections.
    package func close() async {
        if let connection, await loginRefusal != nil {
            // Even during a run.
            await logins.noteRefusal(connection.login)
        }
        await logOut()
        guard let client = connection?.client else { return }
        established.withLock { $0 = nil }
        let (closing, closed) = AsyncStream.makeStream(of: Never.self)
        Task {
            try? await client.shutdown()
            closed.finish()
        }
        Task { [clock = connector.clock] in
            try? await clock.sleep(for: Self.closingLimit)
            closed.finish()
        }
        for await _ in closing {}
    }

    /// Why the vCenter refused a login; `nil` if it did not.
    package var loginRefusal: HistoryError? {
        get async {
            for session in await sessions { if let refusal = await session.refusal { return refusal } }
            return nil
        }
    }

    /// The vCenter's own instance UUID, in lower case, whatever its address. It is requested without a login; `nil` if the vCenter
    /// does not report it or cannot be reached.
    ///
    /// The next request reports why it cannot be reached.
    package func instanceUUID() async -> String? {
        do {
            return await VCenterIdentityRequests(try await connected().transport).instanceUUID()
        } catch {
            connectionFailure = error
            return nil
        }
    }

    /// The VMs that match the filter, in any order, after a login if there is no session yet.
    package func virtualMachines() async throws(HistoryError) -> VirtualMachineList {
        let requests = try await loggedIn()
        let lists = ListRequests(
            get: { path in await requests.get(path, limit: ListRequests.bodyLimit).outcome },
            server: configuration.address.description)
        return try await VirtualMachineListing(requests: lists, filter: configuration.filter).virtualMachines()
    }

    /// Logs in if there is no session yet.
    package func logIn() async throws(HistoryError) { _ = try await loggedIn() }

    /// The requests of a session, after a login if there is none yet.
    func loggedIn() async throws(HistoryError) -> SessionRequests {
        let connection = try await connected()
        try await logIn(connection.requests.session, connection)
        return connection.requests
    }

    /// Refused logins lock accounts, so each goes through the gate.
    private func logIn(_ session: VCenterSession, _ connection: VCenterConnection) async throws(HistoryError) {
        guard await !session.isOpen else { return }
        try await logins.pass(connection.login) { () async throws(HistoryError) in
            do throws(SessionLogin.Failure) { try await session.ensureLogin() } catch { throw error.failure }
        }
    }

    /// What the vCenter says about the VM's last customization; every answer about that VM counts, also a refusal.
    ///
    /// - Throws: `HistoryError` if the vCenter has no such endpoint, or no session can be had.
    package nonisolated func lastCustomization(
        of vm: String, endpoint: Endpoint
    ) async throws(HistoryError) -> TimedAnswer {
        let connection = if let connection { connection } else { try await connected() }
        let path = "/api/vcenter/vm/\(vm.percentEncodedForURL)/guest/\(endpoint.rawValue)"
        let asked = await connection.requests.get(path, limit: Answer.bodyLimit) { Answer($0, of: vm).isAnswer }
        return TimedAnswer(
            try await answer(asked, of: vm, endpoint), sentAt: asked.sentAt,
            memory: try? asked.outcome.get().grant)
    }

    private nonisolated func answer(
        _ asked: SessionRequests.Asked, of vm: String, _ endpoint: Endpoint
    ) async throws(HistoryError) -> Answer {
        if let refusal = asked.refusal?.failure, refusal.code == .loginRefused {
            return Answer(result: .unauthenticated, failure: .text(refusal.message))
        }
        if case .success(let answer) = asked.outcome, answer.mayMeanMissingRoute {
            switch try await presence(of: endpoint) {
            case .missing, .missingByOthersWords:
                throw HistoryError(
                    .endpointMissing, "\(configuration.address) has no endpoint \(endpoint.rawValue)\(endpoint.remedy)")
            case .unknown:
                return Answer(
                    result: .unavailable, httpStatus: answer.status,
                    failure: .text("no VM or no endpoint: the vCenter did not say which"))
            case .there: break
            }
        }
        guard case .success(let answer) = asked.outcome else { return Answer(asked.outcome, of: vm) }
        return await LargeBody.read(answer.body) { [answer] _ in Answer(answer, of: vm) }
            ?? Answer(.failure(TransportFault(kind: .cancelled, reason: "stopped")), of: vm)
    }

    /// The VM's instance UUID, which is asked for once and not retried; `nil` if there was no answer.
    package nonisolated func identity(of vm: String) async -> VirtualMachineIdentity? {
        guard let requests = connection?.requests,
            case .success(let answer) = await requests.get(
                "/api/vcenter/vm/\(vm.percentEncodedForURL)", limit: WireIdentity.bodyLimit, isRepeated: false,
                isAnswer: { Answer($0, of: vm).isAnswer }
            ).outcome
        else { return nil }
        // An account that may not see it now will not see it in the next run either.
        if answer.status == 403 || answer.status == 404 { return VirtualMachineIdentity(vm: vm, instanceUUID: nil) }
        guard answer.status == 200, let wire = JSONReader.value(of: answer.body) else {
            return nil
        }
        return VirtualMachineIdentity(vm: vm, instanceUUID: WireIdentity.instanceUUID(in: wire))
    }

    /// Its VI JSON API, after a login if there is no session yet.
    ///
    /// - Throws: `endpointMissing` if it has none.
    func viJSON() async throws(HistoryError) -> VIClient {
        let requests = try await loggedIn()
        let connection = try await connected()
        let client =
            vi
            ?? Task { [address = configuration.address.description] in
                do throws(HistoryError) {
                    return .success(try await requests.viJSON(connection.credentials, server: address))
                } catch {
                    return .failure(error)
                }
            }
        vi = client
        let result = await withTaskCancellationHandler {
            await client.value
        } onCancel: {
            client.cancel()
        }
        if case .failure = result { vi = nil }
        let found = try result.get()
        if let session = found.session { try await logIn(session, connection) }
        return found
    }

    /// How far the vCenter's clock was ahead of ours at the latest login; `nil` if it did not say.
    package var clockOffsetMilliseconds: Int64? {
        get async { await connection?.requests.session.clockOffsetMilliseconds }
    }

    nonisolated var address: VCenterAddress { configuration.address }

    /// Whether this vCenter has an endpoint.
    func presence(of endpoint: Endpoint) async throws(HistoryError) -> EndpointProbe.Presence {
        let transport = try await connected().transport
        let probe = presences[endpoint] ?? Task { await EndpointProbe(transport: transport).presence(of: endpoint) }
        presences[endpoint] = probe
        let presence = await withTaskCancellationHandler {
            await probe.value
        } onCancel: {
            probe.cancel()
        }
        if case .unknown = presence { presences[endpoint] = nil }
        return presence
    }

    private func connected() async throws(HistoryError) -> VCenterConnection {
        if let connection { return connection }
        if let failure = connectionFailure {
            // Do not retry at once: it was already tried several times.
            connectionFailure = nil
            throw failure
        }
        let made = try await connector.connect()
        established.withLock { $0 = made }
        return made
    }
}
