/// A vCenter that tells about all VMs in bulk.
package protocol AttributeSource: Sendable {
    /// What each VM is, page by page; each VM once.
    ///
    /// - Throws: `endpointMissing` if the vCenter has no VI JSON API; whatever `take` throws.
    func readAttributes(take: @escaping @Sendable (AttributePage) async throws -> Void) async throws

    /// From what VMs were made, by the events that vCenter still keeps since an instant, the oldest first.
    func readSources(
        since start: EventPosition,
        take: @escaping @Sendable ([VirtualMachineSource], EventPosition) async throws -> Void) async throws
}

/// Some VMs, at most a thousand.
package struct AttributePage: Hashable, Sendable {
    /// The VMs, each once in all pages.
    package var virtualMachines: [VirtualMachineAttributes]
    /// Why some properties are missing, such as `NoPermission`; how often each.
    package var missing: [String: Int]

    package init(virtualMachines: [VirtualMachineAttributes], missing: [String: Int] = [:]) {
        self.virtualMachines = virtualMachines
        self.missing = missing
    }
}

/// The template or VM that a VM was made from.
package struct VirtualMachineSource: Hashable, Sendable {
    /// Managed object id of the new VM.
    package var vm: String
    /// The event's key, so that a later one prevails.
    package var key: Int64
    /// When the VM was made, by the vCenter's clock; `nil` if that is not readable.
    package var createdAt: Timestamp?
    /// The name of the source at that time.
    package var source: InventoryName

    package init(vm: String, key: Int64, createdAt: Timestamp?, source: InventoryName) {
        self.vm = vm
        self.key = key
        self.createdAt = createdAt
        self.source = source
    }
}
