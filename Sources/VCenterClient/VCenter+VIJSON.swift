import GuestCustomization
import HistoryConfiguration

extension VCenter: EventSource, AttributeSource, BulkCustomizationSource {
    package nonisolated func readEvents(
        _ types: [CustomizationEventType], since start: EventPosition,
        take: @escaping @Sendable (EventPage) async throws -> Void
    ) async throws {
        try await viJSON().readEvents(types, since: start, take: take)
    }

    package nonisolated func readAttributes(take: @escaping @Sendable (AttributePage) async throws -> Void) async throws
    {
        try await viJSON().readAttributes(take: take)
    }

    package nonisolated func readCustomizations(
        take: @escaping @Sendable (BulkPage) async throws -> Void
    ) async throws {
        try await viJSON().readCustomizations(take: take)
    }

    package nonisolated func readSources(
        since start: EventPosition,
        take: @escaping @Sendable ([VirtualMachineSource], EventPosition) async throws -> Void
    ) async throws {
        try await viJSON().readEvents(SourceEvents.types, since: start) { page in
            try await take(page.events.compactMap(SourceEvents.source), page.end)
        }
    }
}

extension SessionRequests {
    /// A client of this vCenter's VI JSON API, after agreeing on a release.
    func viJSON(_ credentials: Credentials, server: String) async throws(HistoryError) -> VIClient {
        do throws(VIError) {
            let release = try VINegotiation.release(
                await send(VINegotiation.request, limit: VIRequests.smallLimit).outcome)
            let shared = VIRequests(release: release, over: self)
            let body = try await shared.property(VIContent.serviceInstance, "content", isAnonymous: true)
            guard let content = VIContent(body) else { throw .missing }
            guard release < .withSharedSession else {
                return VIClient(requests: shared, content: content, server: server, now: now)
            }
            guard case .login(let user, let password) = credentials else {
                throw .unreadable(
                    "before 8.0 U3 its VI JSON API takes a user name and a password only, and there is a token")
            }
            let own = SessionLogin(
                transport: transport, authorization: credentials.authorization, retry: retry, clock: clock, now: now,
                way: .sessionManager(content.sessionManager, release, user: user, password: password))
            let session = VCenterSession(own)
            let requests = SessionRequests(
                transport: transport, session: session, pushback: pushback, retry: retry, logger: logger, clock: clock,
                now: now)
            return VIClient(
                requests: VIRequests(release: release, over: requests), content: content, server: server, now: now,
                session: session)
        } catch {
            throw error.error(doing: "the events and the inventory", at: server)
        }
    }
}

extension VIRequests {
    init(release: VIRelease, over requests: SessionRequests) {
        self.init(release: release, clock: requests.clock) { call, limit in
            await requests.send(call, limit: limit).outcome
        }
    }
}

extension SessionLogin.Way {
    /// The session of VI JSON on 8.0 U1 and U2. Its token is in a header of the answer.
    static func sessionManager(_ manager: VIReference, _ release: VIRelease, user: String, password: Secret) -> Self {
        let path = "/sdk/vim25/\(release.text)/\(manager.type.percentEncodedForURL)/\(manager.id.percentEncodedForURL)"
        let login: JSONValue = ["userName": .string(user), "password": .string(password.exposed)]
        return Self(
            path: path + "/Login", credentials: Secret(login.text),
            logOut: SessionRequests.Call(method: .POST, path: path + "/Logout", body: Array("{}".utf8)),
            tokenHeader: "vmware-api-session-id")
    }
}
