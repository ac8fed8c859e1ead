/// The record of one of vCenter's events, a leaf of the Merkle tree of the run that read it.
package struct EventRecord: Sendable {
    /// The vCenter's number of the event.
    package var key: Int64 = 0
    /// How often the vCenter had begun to use keys again.
    package var generation: Int64 = 0
    /// The managed object id of the VM; `nil` if the event names none.
    package var vm: String?
    private let vCenter: String
    private let vCenterUUID: String?
    private var record = CanonicalRecord()

    /// A record of an event of the vCenter that had this name when the run was sealed; what it tells is set for each event.
    package init(vCenter: String, vCenterUUID: String?) {
        (self.vCenter, self.vCenterUUID) = (vCenter, vCenterUUID)
    }

    /// Its canonical bytes.
    ///
    /// - Parameter answer: The digest of its content: the column `sha256` of `answer_history`.
    package mutating func bytes(answer: UnsafeRawBufferPointer) -> [UInt8] {
        record.restart()
        record.add("answer", hex: answer)
        record.add("event_key", key)
        record.add("generation", generation)
        record.add("vcenter", vCenter)
        record.add("vcenter_uuid", vCenterUUID)
        record.add("vm", vm)
        record.finish()
        return record.bytes
    }
}
