import GuestCustomization
import HistoryConfiguration
import Logging
import TestSupport
import Testing
import VCenterSimulator

@testable import VCenterClient

/// 2026-11-01T08:00:00Z, the time of both clocks.
let meetingTime = Timestamp(unixMilliseconds: 1_793_520_000_000)

/// Runs `body` with the client and the simulated vCenter that it is connected to, and expects that it leaves nothing there: no
/// collector or view while its sessions are open, then no session.
func withMetVCenter(
    _ release: String = "9.0.0.0", logins: LoginGate? = nil, credentials: CredentialSource? = nil,
    adjusting adjust: (inout SimulatedVCenter.Options) -> Void = { _ in },
    _ body: (VCenter, SimulatedVCenter) async throws -> Void
) async throws {
    var options = SimulatedVCenter.Options(clock: { meetingTime })
    options.apiVersion = release
    options.virtualMachines = 60
    adjust(&options)
    try await SimulatedVCenter.withRunning(options) { simulated in
        let configuration = VCenterConfiguration(
            address: try VCenterURL(simulated.url).address,
            credentials: credentials ?? .login(user: simulated.user, password: Secret(simulated.password)),
            trust: .insecure)
        let client = VCenter(
            configuration, retry: RetryPolicy(firstDelay: .milliseconds(5), maximumDelay: .milliseconds(20)),
            logger: Logger(label: "test"), logins: logins, now: { meetingTime }, clock: .system)
        do {
            try await body(client, simulated)
        } catch {
            await client.close()
            throw error
        }
        #expect(simulated.liveCollectors == 0)
        #expect(simulated.liveViews == 0)
        await client.close()
        #expect(simulated.liveSessions == 0)
    }
}

extension VCenter {
    /// All pages of a reading of events.
    func eventPages(
        since start: EventPosition = EventPosition(),
        take: @escaping @Sendable (EventPage) async throws -> Void = { _ in }
    ) async throws -> [EventPage] {
        let taken = Taken<EventPage>()
        try await readEvents(CustomizationEventType.ofCustomizations, since: start) { page in
            taken.add([page])
            try await take(page)
        }
        return taken.all
    }

    /// What every VM is, by its id.
    func attributes() async throws -> [String: VirtualMachineAttributes] {
        let taken = Taken<VirtualMachineAttributes>()
        try await readAttributes { taken.add($0.virtualMachines) }
        return try Dictionary(taken.all.map { ($0.vm, $0) }) { _, _ in throw CancellationError() }
    }
}

extension SimulatedVCenter {
    /// The keys of the customizations' events, in the order of the log.
    var customizationKeys: [Int64] {
        let types = Set(CustomizationEventType.ofCustomizations.map(\.rawValue))
        return events.filter { types.contains($0.type) }.compactMap { $0.key.map(Int64.init) }
    }
}

extension [EventPage] {
    var keys: [Int64] { flatMap(\.events).map(\.key) }
}
