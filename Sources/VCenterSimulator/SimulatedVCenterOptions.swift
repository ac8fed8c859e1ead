import GuestCustomization
import NIOCore

extension SimulatedVCenter {
    /// The settings of a simulated vCenter. Defaults are the behaviour of vCenter 9.0 unless noted.
    package struct Options: Sendable {
        /// TCP port on 127.0.0.1; 0 chooses a free one.
        package var port = 0
        /// The names in its certificate, besides the loopback addresses.
        package var hostNames = ["localhost"]
        /// VMs at the start.
        package var virtualMachines = 50
        /// The seed for the estate and its customizations: the same seed gives the same history.
        package var seed: UInt64 = 1
        /// Time from a request's end to its answer.
        package var latency: Duration = .zero
        /// The account that may log in.
        package var user = "administrator@vsphere.local"
        /// `nil`: a random one, available as `SimulatedVCenter.password`.
        package var password: String?
        /// Accepted by the login as `Authorization: Bearer …`, as for a federated account; `nil`: no token is accepted.
        package var bearerToken: String?
        /// Release of the API: 9.0.0.0 and later has `customization-live`, 7.0.3.0 the status `IDLE`.
        package var apiVersion = "9.0.0.0"
        /// The vCenter's instance UUID; `nil`: derived from the seed and the port, so that it survives a restart.
        package var instanceUUID: String?
        /// Whether a proxy hides `/sdk`: the UUID, events and properties in bulk.
        package var refusesServiceContent = false
        /// Whether `GET /api/appliance/system/version` is refused to the account.
        package var refusesVersion = false
        /// Seconds after its last use when a session ends. A vCenter's administrator can change it; 5 minutes is our choice.
        package var sessionIdleSeconds = 300.0
        /// Seconds after its login when a session ends, however much it is used. 48 hours is our choice.
        package var sessionLifeSeconds = 172_800.0
        /// Requests that a session serves before it ends; `nil` for any number, like a vCenter.
        package var sessionRequests: Int?
        /// Limit of simultaneous sessions of the account: 550 before 8.0 U3.
        package var maximumSessions = 550
        /// Limit of simultaneous connections; one more is closed as soon as it is made.
        package var connections = 10_000
        /// Whether answers are compressed with gzip for clients that accept it.
        package var compressesAnswers = false
        /// Which of the initial VMs, by their number in listings (from 0), have no running VMware Tools: their answer is always 503. It is
        /// likely, but not certain, that `customization-live` does so (docs/vcenter-api.md), so the default is none.
        package var isWithoutTools: @Sendable (_ number: Int) -> Bool = { _ in false }
        /// How many times as often as usual customizations of the older kind run: 1 to 4. At 2.4, 45,000 VMs have a million events.
        package var customizationRate = 1.0
        /// Seconds for which events are kept; at the start, those of so long ago are there. vCenter's own setting is 30 days.
        package var eventsKeptSeconds = 30 * 86_400.0
        /// Which kind of object is planted as the one whose VMs' customizations mostly fail; `nil`: none.
        package var suspect: PlantedSuspect.Kind?
        /// How far the guests' clocks are ahead of vCenter's: of events, vCenter tells the time by its own.
        package var guestClockOffsetSeconds = 0.0
        /// Maximum number of objects in one answer of the property collector, however many the client asks for.
        package var maximumObjects = 1000
        /// Whether VI JSON answers an empty list with nothing instead of `[]`.
        package var omitsEmptyLists = false
        /// Maximum number of VMs in one listing.
        package var virtualMachineLimit = 4000
        /// Maximum number of hosts in one listing.
        package var hostLimit = 2500
        /// Maximum number of folders, clusters or datacenters in one listing.
        package var containerLimit = 1000
        /// HTTP status of a listing over its limit: 500 by the API reference; some clients get 400.
        package var tooManyMatchesStatus = 500
        /// Whether the filter `names` compares unescaped names, rather than names as the API writes them: the reference does not say.
        package var comparesNamesDecoded = false
        /// The vCenter's clock, for the `Date` header, sessions and customizations.
        package var clock: @Sendable () -> Timestamp
        /// Whether to record every request and its proper answer, for tests that check them against the API reference.
        package var recordsExchanges = false
        /// Which connections, by their number from 0, are closed after the client's hello.
        package var dropsHandshake: @Sendable (_ number: Int) -> Bool = { _ in false }
        /// The threads to serve on; `nil`: two of its own.
        package var eventLoopGroup: (any EventLoopGroup)?

        /// - Parameter clock: `Timestamp.now` for the real time, or a `SimulatedClock`'s `now`.
        package init(clock: @escaping @Sendable () -> Timestamp) {
            self.clock = clock
        }
    }
}
