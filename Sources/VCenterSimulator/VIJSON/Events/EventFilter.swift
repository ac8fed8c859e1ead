import GuestCustomization

/// `EventFilterSpec`, as far as the simulator follows it. What it does not follow is a fault, so that no client relies on it.
struct EventFilter: Sendable {
    /// More than this in one answer is InvalidArgument.
    static let maximumCount = 1000

    let first: Timestamp?
    let last: Timestamp?
    /// Exact names; `nil`: all types. A base type selects nothing.
    let types: Set<String>?
    /// `nil`: of all VMs.
    let vm: String?
    let maximumCount: Int
    /// Not unless the client says that it does not want to do without.
    let hasMessages: Bool

    init(_ spec: VIArgument?) throws(VIFault) {
        guard let spec else { throw .invalidArgument("filter") }
        if let name = try spec.string("_typeName"), name != "EventFilterSpec" { throw .invalidArgument("filter") }
        for name in ["userName", "alarm", "scheduledTask", "category", "tag", "auditId"] where spec[name] != nil {
            throw .notSupported
        }
        first = try spec["time"]?.date("beginTime")
        last = try spec["time"]?.date("endTime")
        let names = try spec.strings("eventTypeId")
        let classes = try spec.strings("type")
        guard names.isEmpty || classes.isEmpty else { throw .invalidArgument("filter.type") }
        // Both forms of a name are in use.
        let wanted = (names + classes).map { $0.replacing("vim.event.", with: "") }
        types = wanted.isEmpty ? nil : Set(wanted)
        if let entity = try spec["entity"]?.reference("entity") {
            guard entity.type == "VirtualMachine" else { throw .notSupported }
            vm = entity.id
        } else {
            vm = nil
        }
        maximumCount = try Self.count(spec.integer("maxCount") ?? Self.maximumCount, "filter.maxCount")
        hasMessages = try spec.boolean("disableFullMessage") == false
    }

    /// A number of events that one answer may have.
    static func count(_ count: Int?, _ name: String) throws(VIFault) -> Int {
        guard let count, (1...maximumCount).contains(count) else { throw .invalidArgument(name) }
        return count
    }

    func matches(_ record: EventRecord) -> Bool {
        if let first, record.createdTime < first { return false }
        if let last, record.createdTime > last { return false }
        if let types, !types.contains(record.type) { return false }
        return vm == nil || record.vmID == vm
    }
}
