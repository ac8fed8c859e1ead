import Foundation
import GuestCustomization
import Synchronization

/// The vim25 API of a simulated vCenter, as far as events and properties need it; JSON and SOAP call the same methods.
final class VIMService: Sendable {
    /// A call of a method, or the reading of a property.
    struct Call {
        let object: VIReference
        let member: String
        let arguments: VIArgument
        /// The token of the client's session.
        let session: String
        let now: Timestamp
    }
    /// What tests change while it runs.
    struct Script: Sendable {
        /// Ids of objects for which the account seems to have no session.
        var unauthenticated: Set<String> = []
        /// Values that replace the proper ones: by id, then path.
        var properties: [String: [String: String]] = [:]
    }

    let estate: Estate
    let log: EventLog
    let objects = SessionObjects()
    let script = Mutex(Script())
    let version: APIVersion
    let options: SimulatedVCenter.Options

    init(_ estate: Estate, _ options: SimulatedVCenter.Options, version: APIVersion) {
        self.estate = estate
        self.options = options
        self.version = version
        log = EventLog(
            of: estate, clockOffsetSeconds: options.guestClockOffsetSeconds, keptSeconds: options.eventsKeptSeconds)
    }

    /// The value that a call returns; `nil` for void.
    func answer(_ call: Call) throws(VIFault) -> VIValue? {
        switch (call.object.type, call.object.id) {
        case ("EventManager", "EventManager"): return try eventManager(call)
        case ("EventHistoryCollector", _): return try collector(call)
        case ("ViewManager", "ViewManager"): return try viewManager(call)
        case ("ContainerView", let id):
            guard call.member == "DestroyView" else { throw .notSupported }
            let isThere = try objects.with(call.session) { (owned) throws(VIFault) in
                owned.views.removeValue(forKey: id) != nil
            }
            guard isThere else { throw .notFound(call.object) }
            return nil
        case ("PropertyCollector", "propertyCollector"): return try propertyCollector(call)
        case ("EventManager", _), ("ViewManager", _), ("PropertyCollector", _): throw .notFound(call.object)
        default: throw .notSupported
        }
    }

    /// The id of something that a session creates; with the brackets of vCenter's own.
    static func newID() -> String {
        "session[\(UUID().uuidString.lowercased())]\(UUID().uuidString.lowercased())"
    }
}
