/// The record of one collection run, a leaf of the history's Merkle tree. Instants are in milliseconds since 1970.
package struct RunRecord: Hashable, Sendable {
    /// The value of the member `format`.
    package static let format = "customization-history/run/1"

    /// The UUID of the tree.
    package var tree = ""
    /// Its number.
    package var run: Int64
    /// The vCenter's name when the run was sealed.
    package var vCenter: String
    /// The vCenter's instance UUID when the run was sealed; `nil` if it was not known.
    package var vCenterUUID: String?
    /// The name of the endpoint.
    package var endpoint: String
    /// Who ran it: user and host; `nil` if that is not known.
    package var collector: String?
    /// The version of the program that ran it.
    package var toolVersion: String
    /// When it began.
    package var startedAt: Int64
    /// When its list of VMs was complete; `nil` if it never was.
    package var listedAt: Int64?
    /// When it ended; `nil` if it was killed.
    package var finishedAt: Int64?
    /// How it ended, as in `collection_run_history`.
    package var outcome: String
    /// Why it was cut short; `nil` if it was not.
    package var failure: String?
    /// How far the vCenter's clock was ahead, in milliseconds; `nil` if it sent no date.
    package var clockOffset: Int64?
    /// VMs in its list.
    package var vms: Int64
    /// Which VMs were listed; `nil` if none were.
    package var selection: String?
    /// Whether a VM that was not listed is gone.
    package var isWhole: Bool
    /// The number of its polls.
    package var polls: Int64
    /// Those that got no answer.
    package var failedPolls: Int64
    /// Those that got a status.
    package var reportedPolls: Int64
    /// When the latest of those was sent; `nil` if there is none.
    package var lastReportedAt: Int64?
    /// The number of `ListingChange`s, which are the leaves of a tree, in order.
    package var listingChanges = 0
    /// The root of the tree of changes.
    package var listingRoot = MerkleHash.emptyRoot
    /// The root of the tree whose leaves are the `PollRecord`s, ordered by the bytes of the VMs' managed object ids.
    package var pollsRoot = MerkleHash.emptyRoot
    /// The events that the run read; `nil` unless its endpoint is `events`. Their `EventRecord`s are the leaves of a tree, in the order of reading.
    package var events: (count: Int64, root: MerkleHash)? {
        get { eventCount.map { ($0, eventsRoot) } }
        set { (eventCount, eventsRoot) = (newValue?.count, newValue?.root ?? .emptyRoot) }
    }
    private var eventCount: Int64?
    private var eventsRoot = MerkleHash.emptyRoot
    /// The number of `AttributeRecord`s, which are the leaves of a tree, in order. A run without any has a record that does not mention them.
    package var attributeChanges = 0
    /// The root of the tree of `AttributeRecord`s.
    package var attributesRoot = MerkleHash.emptyRoot

    /// A record without the figures that need the polls and the list of VMs.
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
        if attributeChanges > 0 {
            record.add("attribute_changes", Int64(attributeChanges))
            record.add("attributes_root", attributesRoot.hex)
        }
        record.add("clock_offset_ms", clockOffset)
        record.add("collector", collector)
        record.add("endpoint", endpoint)
        if let events {
            record.add("events", events.count)
            record.add("events_root", events.root.hex)
        }
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
