/// The record of one poll, a leaf of its run's Merkle tree.
package struct PollRecord: Sendable {
    /// The vCenter's name when the run was sealed.
    package var vCenter: String
    /// Its instance UUID then; `nil` if it was not known.
    package var vCenterUUID: String?
    /// The VM's managed object id.
    package var vm = ""
    /// The VM's name when the run was sealed, as the vCenter writes it.
    package var name = ""
    /// The VM's instance UUID then; `nil` if it was not known.
    package var instanceUUID: String?
    /// In milliseconds since 1970.
    package var polledAt: Int64 = 0
    private var record = CanonicalRecord()

    /// A record of a poll at the vCenter with this name; the VM and the instant are set for each poll.
    package init(vCenter: String, vCenterUUID: String?) {
        (self.vCenter, self.vCenterUUID) = (vCenter, vCenterUUID)
    }

    /// Its canonical bytes.
    ///
    /// - Parameter answer: The digest of the whole answer, body included: the column `sha256` of `answer_history`.
    package mutating func bytes(answer: UnsafeRawBufferPointer) -> [UInt8] {
        record.restart()
        record.add("answer", hex: answer)
        record.add("instance_uuid", instanceUUID)
        record.add("name", name)
        record.add("polled_at", polledAt)
        record.add("vcenter", vCenter)
        record.add("vcenter_uuid", vCenterUUID)
        record.add("vm", vm)
        record.finish()
        return record.bytes
    }
}
