import GuestCustomization

/// The events that tell from which template or VM a VM was made.
enum SourceEvents {
    static let types = [
        CustomizationEventType(rawValue: "VmClonedEvent"), CustomizationEventType(rawValue: "VmDeployedEvent"),
    ]

    /// `nil` if the event names no VM or no source.
    static func source(_ event: CustomizationEvent) -> VirtualMachineSource? {
        guard let vm = event.vm?.id, let wire = JSONReader.value(of: event.json),
            let source = EventVirtualMachine(wire: wire["sourceVm"] ?? wire["srcTemplate"])?.name
        else { return nil }
        return VirtualMachineSource(vm: vm, key: event.key, createdAt: event.createdAt, source: source)
    }
}
