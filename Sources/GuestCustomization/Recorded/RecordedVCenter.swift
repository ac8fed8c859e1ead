/// A vCenter of the history.
package struct RecordedVCenter: Hashable, Sendable {
    /// Its name in the history.
    package var name: String
    /// Its identity, however it is reached; `nil` while unknown.
    package var instanceUUID: String?
    /// The addresses at which it was reached, as `host:port`; the latest first.
    package var addresses: [String]
    /// VMs ever recorded.
    package var virtualMachines: Int
    /// Collection runs, of all endpoints and outcomes.
    package var runs: Int
    /// When the first run began; `nil` if there was none.
    package var firstRunAt: Timestamp?
    /// When the latest run began; `nil` if there was none.
    package var lastRunAt: Timestamp?

    package init(
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
