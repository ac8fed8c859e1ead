/// What a vCenter told about its VMs in a pass. It comes from a server, so it is bounded, and texts that VMs have in common are
/// kept once.
package struct ToldInventory: Sendable {
    /// From what VMs were made, by the new VM's managed object id.
    package private(set) var sources: [String: Source] = [:]
    /// Up to where the events about that have been read; `nil` if none were.
    package private(set) var sourcesEnd: EventPosition?

    /// The template or VM that a VM was made from.
    package struct Source: Hashable, Sendable {
        /// The event's key.
        package var key: Int64
        /// When the VM was made, by the vCenter's clock; `nil` if that is not readable.
        package var createdAt: Timestamp?
        /// The source's name at that time, as people see it.
        package var name: String
    }

    /// Bytes of one text; vCenter's names have at most 80 characters.
    package static let maximumTextSize = 1000
    /// Bytes of all different texts. What comes after that is unknown.
    private static let maximumTextSizes = 32 << 20
    private static let maximumSources = 1_000_000
    private var texts: [String] = []
    /// Where a text is in `texts`.
    private var positions: [String: Int32] = [:]
    private var textSizes = 0
    /// By managed object id.
    private var virtualMachines: [String: Told] = [:]

    /// What was told of a VM, small, because a vCenter has tens of thousands and they are kept while these are polled.
    private struct Told {
        var instanceUUID: String?
        /// Positions in `texts`, in the order of `VirtualMachineAttributes.texts`.
        var texts = InlineArray<7, Int32?>(repeating: nil)
        var isTemplate: Bool?
    }

    package init() {}

    /// Whether nothing was told.
    package var isEmpty: Bool { virtualMachines.isEmpty && sourcesEnd == nil }

    /// What was told of a VM that will be recorded.
    package subscript(vm: String) -> VirtualMachineAttributes? {
        guard let told = virtualMachines[vm] else { return nil }
        var attributes = VirtualMachineAttributes(vm: vm)
        (attributes.instanceUUID, attributes.isTemplate) = (told.instanceUUID, told.isTemplate)
        for (index, path) in VirtualMachineAttributes.texts.enumerated() {
            attributes[keyPath: path] = told.texts[index].map { texts[Int($0)] }
        }
        return attributes
    }

    /// Adds a page of VMs. Of what is told of a VM twice, the first counts.
    package mutating func add(_ page: AttributePage) {
        for vm in page.virtualMachines where virtualMachines[vm.vm] == nil {
            var told = Told(instanceUUID: vm.instanceUUID, isTemplate: vm.isTemplate)
            for (index, path) in VirtualMachineAttributes.texts.enumerated() {
                told.texts[index] = position(of: vm[keyPath: path])
            }
            virtualMachines[vm.vm] = told
        }
    }

    /// Adds sources, the oldest first, and up to where they were read.
    package mutating func add(_ sources: [VirtualMachineSource], upTo end: EventPosition) {
        for source in sources where self.sources.count < Self.maximumSources {
            guard let name = position(of: source.source.shown) else { continue }
            self.sources[source.vm] = Source(key: source.key, createdAt: source.createdAt, name: texts[Int(name)])
        }
        sourcesEnd = end
    }

    /// The identities of those of some VMs whose instance UUID was told.
    package func identities(of vms: Set<String>) -> [VirtualMachineIdentity] {
        vms.compactMap { vm in
            virtualMachines[vm]?.instanceUUID.map { VirtualMachineIdentity(vm: vm, instanceUUID: $0) }
        }
    }

    /// Where the one copy of a text is, cut to its bound; `nil` if there are too many.
    private mutating func position(of text: String?) -> Int32? {
        guard let text = text?.prefix(bytes: Self.maximumTextSize) else { return nil }
        if let known = positions[text] { return known }
        guard textSizes + text.utf8.count <= Self.maximumTextSizes else { return nil }
        textSizes += text.utf8.count
        let position = Int32(texts.count)
        texts.append(text)
        positions[text] = position
        return position
    }
}

extension VirtualMachineAttributes {
    /// The texts that are recorded.
    package static let texts: [WritableKeyPath<VirtualMachineAttributes, String?> & Sendable] = [
        \.guestOS, \.toolsVersion, \.toolsStatus, \.host, \.cluster, \.folder, \.datacenter,
    ]
}

extension String {
    /// At most so many bytes, in whole characters.
    fileprivate func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var size = 0
        return String(
            prefix { character in
                size += character.utf8.count
                return size <= limit
            })
    }
}
