/// The failed customizations of a window that reported the same error: the same identifier and message shape.
public struct ErrorGroup: Hashable, Sendable {
    /// `nil` if the vCenter named none.
    public var id: String?
    /// The latest of its messages, as it came; `nil` if the vCenter sent no error.
    public var message: String?
    /// How many customizations failed with it.
    public var count: Int
    /// On how many VMs.
    public var virtualMachines: Int
    /// When the first of them ended.
    public var first: Timestamp
    /// When the last of them ended.
    public var last: Timestamp

    public init(
        id: String?, message: String?, count: Int, virtualMachines: Int, first: Timestamp, last: Timestamp
    ) {
        self.id = id
        self.message = message
        self.count = count
        self.virtualMachines = virtualMachines
        self.first = first
        self.last = last
    }

    /// Whether this group comes before `other` where the most frequent come first: by count, then VMs, then the latest.
    func isMoreFrequent(than other: ErrorGroup) -> Bool {
        let weight = (count, virtualMachines, last)
        let otherWeight = (other.count, other.virtualMachines, other.last)
        if weight != otherWeight { return weight > otherWeight }
        return (id ?? "", message ?? "") < (other.id ?? "", other.message ?? "")
    }
}

/// Groups failures by their error, one after the other.
struct ErrorGrouping {
    /// What makes two errors the same.
    private struct Key: Hashable {
        let id: String?
        let shape: MessageShape?
    }

    private var groups: [Key: (group: ErrorGroup, vms: Set<Int>)] = [:]

    /// Adds a failure of the VM with this ordinal number.
    ///
    /// - Parameter names: What that VM is called, which does not make its error another one.
    mutating func add(
        id: String?, message: String?, failedAt: Timestamp, ofVM ordinal: Int, names: [String]
    ) {
        let fresh = ErrorGroup(
            id: id, message: message, count: 0, virtualMachines: 0, first: failedAt, last: failedAt)
        let update: (inout (group: ErrorGroup, vms: Set<Int>)) -> Void = { entry in
            entry.group.count += 1
            entry.group.first = min(entry.group.first, failedAt)
            // Of two at one instant the first in the alphabet, so that the order of VMs does not matter.
            if (failedAt, entry.group.message ?? "") > (entry.group.last, message ?? "") {
                entry.group.last = failedAt
                entry.group.message = message
            }
            if entry.vms.insert(ordinal).inserted { entry.group.virtualMachines += 1 }
        }
        update(&groups[Key(id: id, shape: message.map { MessageShape($0, names: names) }), default: (fresh, [])])
    }

    func finish() -> [ErrorGroup] {
        groups.values.map(\.group).sorted { $0.isMoreFrequent(than: $1) }
    }
}
