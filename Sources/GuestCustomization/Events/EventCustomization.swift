/// One customization of a VM, as vCenter's events tell it.
package struct EventCustomization: Hashable, Sendable {
    /// Managed object id of the VM.
    package var vm: String
    /// The name that the VM had then; `nil` if no event has it.
    package var vmName: InventoryName?
    /// `running` while no end was told, `lost` if another one started before it ended.
    package var outcome: CustomizationOutcome
    /// The event that opened it; `nil` if it was not seen.
    package var started: CustomizationEvent.ID?
    /// The event that closed it; `nil` while there is none.
    package var ended: CustomizationEvent.ID?
    /// Who asked for it; `nil` if no event has it.
    package var userName: String?
    /// Identifier of the error: vCenter's word for the reason, else the class of the event; `nil` unless it failed.
    package var errorID: String?
    /// Text of the error; `nil` unless it failed and vCenter sent one.
    package var errorMessage: String?
    /// The guest's log; `nil` if no event has it.
    package var logLocation: String?

    /// By the vCenter's clock.
    package var startTime: Timestamp? { started?.createdAt }
    /// By the vCenter's clock.
    package var endTime: Timestamp? { ended?.createdAt }

    init(opened event: CustomizationEvent, vm: String) {
        self.init(vm: vm, outcome: .running, event)
        started = event.id
    }

    init(endedOnly event: CustomizationEvent, vm: String, _ outcome: CustomizationOutcome) {
        self.init(vm: vm, outcome: outcome, event)
        end(by: event, outcome)
    }

    private init(vm: String, outcome: CustomizationOutcome, _ event: CustomizationEvent) {
        self.vm = vm
        self.outcome = outcome
        vmName = event.vm?.name
        userName = event.userName
        logLocation = event.logLocation
    }

    mutating func end(by event: CustomizationEvent, _ outcome: CustomizationOutcome) {
        self.outcome = outcome
        ended = event.id
        // The start names the person who asked; ends are often reported by the system.
        userName = userName ?? event.userName
        vmName = event.vm?.name ?? vmName
        logLocation = event.logLocation ?? logLocation
        guard outcome == .failed else { return }
        errorID = event.reason ?? event.type.rawValue
        errorMessage = event.message
    }
}
