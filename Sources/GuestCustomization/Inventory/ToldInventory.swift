/// What a vCenter told about its VMs before a pass polled them. It comes from a server, so it is bounded, and texts that VMs have in common are
/// kept once.
package struct ToldInventory: Sendable {
    /// The VMs, each once, without their names and power states, which are not recorded.
    package private(set) var virtualMachines: [VirtualMachineAttributes] = []
    /// From what VMs were made, by the new VM's managed object id.
    package private(set) var sources: [String: Source] = [:]
    /// Up to where the events about that have been read; `nil` if none were.
    package private(set) var sourcesEnd: EventPosition?
    /// Properties that the vCenter did not tell, by its reason.
    package private(set) var missing: [String: Int] = [:]

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
    private var texts: Set<String> = []
    private var textSizes = 0

    package init() {}

    /// Adds a page of VMs.
    package mutating func add(_ page: AttributePage) {
        for vm in page.virtualMachines {
            let vm = bounded(vm)
            virtualMachines.append(vm)
        }
        for (reason, count) in page.missing { missing[reason, default: 0] += count }
    }

    /// Adds sources, the oldest first, and up to where they were read.
    package mutating func add(_ sources: [VirtualMachineSource], upTo end: EventPosition) {
        for source in sources where self.sources.count < Self.maximumSources {
            guard let name = bounded(source.source.shown) else { continue }
            self.sources[source.vm] = Source(key: source.key, createdAt: source.createdAt, name: name)
        }
        sourcesEnd = end
    }

    /// The identities of those of some VMs whose instance UUID was told.
    package func identities(of vms: Set<String>) -> [VirtualMachineIdentity] {
        guard !vms.isEmpty else { return [] }
        return virtualMachines.compactMap { vm in
            guard vm.instanceUUID != nil, vms.contains(vm.vm) else { return nil }
            return VirtualMachineIdentity(vm: vm.vm, instanceUUID: vm.instanceUUID)
        }
    }

    private mutating func bounded(_ told: VirtualMachineAttributes) -> VirtualMachineAttributes {
        var vm = told
        (vm.name, vm.powerState) = (nil, nil)
        for text in VirtualMachineAttributes.texts { vm[keyPath: text] = bounded(vm[keyPath: text]) }
        return vm
    }

    /// The one copy of a text, cut to its bound; `nil` if there are too many.
    private mutating func bounded(_ text: String?) -> String? {
        guard let text = text?.prefix(bytes: Self.maximumTextSize) else { return nil }
        if let known = texts.firstIndex(of: text) { return texts[known] }
        guard textSizes + text.utf8.count <= Self.maximumTextSizes else { return nil }
        textSizes += text.utf8.count
        texts.insert(text)
        return text
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
