/// The managed objects from which a vCenter's others are reached.
struct VIContent: Hashable, Sendable {
    var rootFolder: VIReference
    var propertyCollector: VIReference
    var viewManager: VIReference
    var eventManager: VIReference
    var sessionManager: VIReference

    static let serviceInstance = VIReference(type: "ServiceInstance", id: "ServiceInstance")

    /// `nil` if it is not a vCenter's: hosts have no event manager of this kind.
    init?(_ body: [UInt8]) {
        guard let wire = JSONReader.value(of: body), let root = VIReference(wire: wire["rootFolder"]),
            let properties = VIReference(wire: wire["propertyCollector"]),
            let views = VIReference(wire: wire["viewManager"]), let events = VIReference(wire: wire["eventManager"])
        else { return nil }
        rootFolder = root
        propertyCollector = properties
        viewManager = views
        eventManager = events
        sessionManager =
            VIReference(wire: wire["sessionManager"]) ?? VIReference(type: "SessionManager", id: "SessionManager")
    }
}
