import GuestCustomization

/// A history in memory.
actor MemoryRecorder: CollectionRecorder {
    struct Run: Sendable {
        var vCenter: String
        var endpoint: Endpoint
        var listing: [VirtualMachine] = []
        var selection: VirtualMachineList.Selection?
        var isWhole: Bool?
        var batches: [[Poll]] = []
        var outcome: CollectionRunOutcome?
        var failure: String?
        var startedAt: Timestamp
        var listedAt: Timestamp?
        var finishedAt: Timestamp?
        var polls: [Poll] { batches.flatMap { $0 } }
    }
    struct DiskFull: Error {}
    struct Busy: PassingFault, CustomStringConvertible {
        var mayPass: Bool { true }
        var description: String { "somebody else writes" }
    }

    var runs: [Run] = []
    var identities: [String: String] = [:]
    var doubtful: Set<String> = []
    var answeredDoubts: [String: VirtualMachineIdentity?] = [:]
    func doubt(_ vms: Set<String>) { doubtful = vms }
    var isFull = false
    var attempts = 0
    /// The number of writes that are refused for a temporary reason.
    var refusals = 0
    /// Called before a write fails.
    private var untilFailure: @Sendable () async -> Void = {}

    func refuse(_ times: Int) { refusals = times }

    func fill(failingAfter untilFailure: @escaping @Sendable () async -> Void = {}) {
        isFull = true
        self.untilFailure = untilFailure
    }

    func beginRun(vCenter: String, endpoint: Endpoint, at startedAt: Timestamp) throws -> CollectionRunID {
        runs.append(Run(vCenter: vCenter, endpoint: endpoint, startedAt: startedAt))
        return CollectionRunID(rawValue: Int64(runs.count))
    }
    func virtualMachinesInDoubt(among list: VirtualMachineList, in run: CollectionRunID) -> Set<String> {
        Set(list.virtualMachines.map(\.id)).intersection(doubtful)
    }
    func record(
        _ list: VirtualMachineList, identifiedAs identities: [String: VirtualMachineIdentity?], in run: CollectionRunID,
        at listedAt: Timestamp
    ) -> Set<String> {
        answeredDoubts = identities
        runs[Int(run.rawValue) - 1].listing = list.virtualMachines
        runs[Int(run.rawValue) - 1].selection = list.selection
        runs[Int(run.rawValue) - 1].isWhole = list.isWhole
        runs[Int(run.rawValue) - 1].listedAt = listedAt
        return Set(list.virtualMachines.map(\.id)).subtracting(self.identities.keys)
    }
    func virtualMachinesListed(before run: CollectionRunID, _ selection: VirtualMachineList.Selection) -> Int? {
        let ran = runs[Int(run.rawValue) - 1]
        return runs.prefix(Int(run.rawValue) - 1).last {
            $0.vCenter == ran.vCenter && $0.endpoint == ran.endpoint && $0.selection == selection && !$0.listing.isEmpty
        }?.listing.count
    }
    func virtualMachinesMissing(from list: VirtualMachineList, in run: CollectionRunID) -> [VirtualMachine] {
        let listed = Set(list.virtualMachines.map(\.id))
        return (runs.last { $0.isWhole == true }?.listing ?? []).filter { !listed.contains($0.id) }
    }
    func record(_ found: [VirtualMachineIdentity], in run: CollectionRunID) {
        for identity in found { identities[identity.vm] = identity.instanceUUID }
    }
    var told: [ToldInventory] = []
    func record(_ told: ToldInventory, in run: CollectionRunID) { self.told.append(told) }
    func append(_ polls: [Poll], to run: CollectionRunID) async throws {
        attempts += 1
        if refusals > 0 {
            refusals -= 1
            throw Busy()
        }
        if isFull {
            await untilFailure()
            throw DiskFull()
        }
        runs[Int(run.rawValue) - 1].batches.append(polls)
    }
    func finishRun(_ run: CollectionRunID, as end: CollectionRunEnd) {
        runs[Int(run.rawValue) - 1].outcome = end.outcome
        runs[Int(run.rawValue) - 1].finishedAt = end.finishedAt
        runs[Int(run.rawValue) - 1].failure = end.failure
    }
}
