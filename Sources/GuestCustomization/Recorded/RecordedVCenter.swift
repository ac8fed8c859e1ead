/// A vCenter of the history.
public struct RecordedVCenter: Hashable, Sendable {
    /// What the history calls it.
    public var name: String
    /// What it is, however it is reached; `nil` while unknown.
    public var instanceUUID: String?
    /// Where it was reached, as `host:port`; the latest first.
    public var addresses: [String]
    /// VMs ever recorded.
    public var virtualMachines: Int
    /// Collection runs, of all endpoints and outcomes.
    public var runs: Int
    /// When the first run began; `nil` if there was none.
    public var firstRunAt: Timestamp?
    /// When the latest run began; `nil` if there was none.
    public var lastRunAt: Timestamp?

    public init(
        name: String, instanceUUID: String?, addresses: [String], virtualMachines: Int, runs: Int,
        firstRunAt: Timestamp?, lastRunAt: Timestamp?
    ) {
        self.name = name
        self.instanceUUID = instanceUUID
        self.addresses = addresses
        self.virtualMachines = virtualMachines
        self.runs = runs
        self.firstRunAt = firstRunAt
        self.lastRunAt = lastRunAt
    }
}
