/// Something that a run's list of VMs changed, a leaf of the run's tree of such changes.
package struct ListingChange: Hashable, Sendable {
    /// What was changed.
    package enum Kind: String, Sendable {
        /// A whole list no longer had the VM, or its managed object id means another one.
        case gone
        /// The VM is listed, and was not before.
        case listed
        /// The VM has another name or instance UUID than in the last sealed run, or is new.
        case named
    }

    /// What was changed.
    package var kind: Kind
    /// Managed object id.
    package var vm: String
    /// The VM's name, as the vCenter writes it.
    package var name: String
    /// The VM's instance UUID; `nil` while unknown.
    package var instanceUUID: String?

    /// A change about the VM with this managed object id.
    package init(_ kind: Kind, vm: String, name: String, instanceUUID: String?) {
        (self.kind, self.vm, self.name, self.instanceUUID) = (kind, vm, name, instanceUUID)
    }

    /// Its canonical bytes.
    package var bytes: [UInt8] {
        var record = CanonicalRecord()
        record.add("change", kind.rawValue)
        record.add("instance_uuid", instanceUUID)
        record.add("name", name)
        record.add("vm", vm)
        record.finish()
        return record.bytes
    }
}
