import GuestCustomization
import NIOCore

extension SimulatedVCenter {
    /// How a simulated vCenter is made up. Every default is what a vCenter 9.0 does, unless it says otherwise.
    package struct Options: Sendable {
        /// TCP port on 127.0.0.1; 0 takes a free one.
        package var port = 0
        /// The names that its certificate is made out to, beside the loopback addresses.
        package var hostNames = ["localhost"]
        /// VMs at the start.
        package var virtualMachines = 50
        /// What the estate and its customizations are drawn from: the same seed, the same history.
        package var seed: UInt64 = 1
        /// Time from a request's end to its answer.
        package var latency: Duration = .zero
        package var user = "administrator@vsphere.local"
        /// `nil`: a random one, to be read from `SimulatedVCenter.password`.
        package var password: String?
        /// Accepted as `Authorization: Bearer …` by the login, as of a federated account; `nil`: none is.
        package var bearerToken: String?
        /// Release of the API: 9.0.0.0 and later has `customization-live`, 7.0.3.0 the status `IDLE`.
        package var apiVersion = "9.0.0.0"
        /// What the vCenter says that it is; `nil`: drawn from the seed and the port, so that it outlives a restart.
        package var instanceUUID: String?
        /// Whether something before the vCenter hides `/sdk`, which tells that without a session.
        package var refusesServiceContent = false
        /// Whether the account is refused `GET /api/appliance/system/version`.
        package var refusesVersion = false
        /// Seconds after its last use when a session ends. A vCenter's administrator can change it; 5 minutes is our choice.
        package var sessionIdleSeconds = 300.0
        /// Seconds after its login when a session ends, however much it is used. 48 hours is our choice.
        package var sessionLifeSeconds = 172_800.0
        /// Requests that a session serves before it ends; `nil` for any number, as a vCenter does.
        package var sessionRequests: Int?
        /// Sessions that the account may have at once: 550 before 8.0 U3.
        package var maximumSessions = 550
        /// Connections at once; one more is closed as soon as it is made.
        package var connections = 10_000
        /// Whether answers are compressed with gzip for clients that accept it.
        package var compressesAnswers = false
        /// Which VMs of the beginning, by their number in listings (from 0), have no VMware Tools that run: they are answered 503, always. That
        /// `customization-live` does so is likely, not certain (docs/vcenter-api.md), so that none is the default.
        package var isWithoutTools: @Sendable (_ number: Int) -> Bool = { _ in false }
        /// Most VMs in one listing.
        package var virtualMachineLimit = 4000
        /// Most hosts in one listing.
        package var hostLimit = 2500
        /// Most folders, clusters or datacenters in one listing.
        package var containerLimit = 1000
        /// HTTP status of a listing over its limit: 500 by the API reference; some clients are told 400.
        package var tooManyMatchesStatus = 500
        /// Whether the filter `names` compares names as people see them, rather than as the API writes them: the reference tells neither.
        package var comparesNamesDecoded = false
        /// The vCenter's clock: of the `Date` header, of sessions and of customizations.
        package var clock: @Sendable () -> Timestamp
        /// Whether every request and its proper answer are kept, for tests that hold them to the API reference.
        package var recordsExchanges = false
        /// Which connections, by their number from 0, are closed once the client's hello has come.
        package var dropsHandshake: @Sendable (_ number: Int) -> Bool = { _ in false }
        /// Threads that serve; `nil`: two of its own.
        package var eventLoopGroup: (any EventLoopGroup)?

        /// - Parameter clock: `Timestamp.now` for the real time, or a `SimulatedClock`'s `now`.
        package init(clock: @escaping @Sendable () -> Timestamp) {
            self.clock = clock
        }
    }
}
