/// What a run found a VM to be, when that was not known before: a leaf of the run's tree of such changes.
package struct AttributeRecord: Hashable, Sendable {
    /// What was found.
    package enum Change: Hashable, Sendable {
        /// What the VM is and where. Everything may be unknown.
        case attributes(
            guestOS: String?, toolsVersion: String?, toolsStatus: String?, host: String?, cluster: String?,
            folder: String?, datacenter: String?, isTemplate: Bool?)
        /// The template or VM that it was made from, by the event with this number, and when.
        case source(String, key: Int64, createdAt: Int64?)
    }

    /// What was found.
    package var change: Change
    /// Managed object id.
    package var vm: String
    /// The VM's name, as the vCenter writes it.
    package var name: String
    /// The VM's instance UUID; `nil` while unknown.
    package var instanceUUID: String?

    /// A change of the VM with this managed object id.
    package init(_ change: Change, vm: String, name: String, instanceUUID: String?) {
        (self.change, self.vm, self.name, self.instanceUUID) = (change, vm, name, instanceUUID)
    }

    /// Its canonical bytes.
    package var bytes: [UInt8] {
        var record = CanonicalRecord()
        switch change {
        case .attributes(
            let guestOS, let toolsVersion, let toolsStatus, let host, let cluster, let folder, let datacenter,
            let isTemplate):
            record.add("change", "attributes")
            record.add("cluster", cluster)
            record.add("datacenter", datacenter)
            record.add("folder", folder)
            record.add("guest_os", guestOS)
            record.add("host", host)
            record.add("instance_uuid", instanceUUID)
            record.add("is_template", isTemplate.map { $0 ? 1 : 0 })
            record.add("name", name)
            record.add("tools_status", toolsStatus)
            record.add("tools_version", toolsVersion)
        case .source(let source, let key, let createdAt):
            record.add("change", "source")
            record.add("created_at", createdAt)
            record.add("event_key", key)
            record.add("instance_uuid", instanceUUID)
            record.add("name", name)
            record.add("source", source)
        }
        record.add("vm", vm)
        record.finish()
        return record.bytes
    }
}
