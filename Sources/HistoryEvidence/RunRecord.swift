/// The record of one collection run, a leaf of the history's Merkle tree. Instants are in milliseconds since 1970.
package struct RunRecord: Hashable, Sendable {
    /// The value of the member `format`.
    package static let format = "customization-history/run/1"

    /// The UUID of the tree.
    package var tree = ""
    package var run: Int64
    package var vCenter: String
    package var vCenterUUID: String?
    package var endpoint: String
    /// Who ran it: user and host; `nil` if that is not known.
    package var collector: String?
    package var toolVersion: String
    package var startedAt: Int64
    package var listedAt: Int64?
    package var finishedAt: Int64?
    package var outcome: String
    package var failure: String?
    package var clockOffset: Int64?
    package var vms: Int64
    package var selection: String?
    package var isWhole: Bool
    package var polls: Int64
    package var failedPolls: Int64
    package var reportedPolls: Int64
    package var lastReportedAt: Int64?
    /// The number of `ListingChange`s, and the root of the tree whose leaves they are, in order.
    package var listingChanges = 0
    package var listingRoot = MerkleHash.emptyRoot
    /// The root of the tree whose leaves are the `PollRecord`s, ordered by the bytes of the VMs' managed object ids.
    package var pollsRoot = MerkleHash.emptyRoot

    package init(
        run: Int64, vCenter: String, vCenterUUID: String?, endpoint: String, collector: String?, toolVersion: String,
        startedAt: Int64, listedAt: Int64?, finishedAt: Int64?, outcome: String, failure: String?, clockOffset: Int64?,
        vms: Int64, selection: String?, isWhole: Bool, polls: Int64, failedPolls: Int64, reportedPolls: Int64,
        lastReportedAt: Int64?
    ) {
        (self.run, self.vCenter, self.vCenterUUID, self.endpoint) = (run, vCenter, vCenterUUID, endpoint)
        (self.collector, self.toolVersion) = (collector, toolVersion)
        (self.startedAt, self.listedAt, self.finishedAt) = (startedAt, listedAt, finishedAt)
        (self.outcome, self.failure, self.clockOffset) = (outcome, failure, clockOffset)
        (self.vms, self.selection, self.isWhole) = (vms, selection, isWhole)
        (self.polls, self.failedPolls, self.reportedPolls) = (polls, failedPolls, reportedPolls)
        self.lastReportedAt = lastReportedAt
    }

    /// Its canonical bytes.
    package var bytes: [UInt8] {
        var record = CanonicalRecord()
        record.add("clock_offset_ms", clockOffset)
        record.add("collector", collector)
        record.add("endpoint", endpoint)
        record.add("failed_polls", failedPolls)
        record.add("failure", failure)
        record.add("finished_at", finishedAt)
        record.add("format", Self.format)
        record.add("is_whole", isWhole ? 1 : 0)
        record.add("last_reported_at", lastReportedAt)
        record.add("listed_at", listedAt)
        record.add("listing_changes", Int64(listingChanges))
        record.add("listing_root", listingRoot.hex)
        record.add("outcome", outcome)
        record.add("polls", polls)
        record.add("polls_root", pollsRoot.hex)
        record.add("reported_polls", reportedPolls)
        record.add("run", run)
        record.add("selection", selection)
        record.add("started_at", startedAt)
        record.add("tool_version", toolVersion)
        record.add("tree", tree)
        record.add("vcenter", vCenter)
        record.add("vcenter_uuid", vCenterUUID)
        record.add("vms", vms)
        record.finish()
        return record.bytes
    }
}
