/// One customization of a VM, as vCenter's events tell it.
package struct EventCustomization: Hashable, Sendable {
    /// Managed object id of the VM.
    package var vm: String
    /// `running` while no end was told, `lost` if another one started before it ended.
    package var outcome: CustomizationOutcome
    /// The event that opened it; `nil` if it was not seen.
    package var started: CustomizationEvent.ID?
    /// The event that closed it; `nil` while there is none.
    package var ended: CustomizationEvent.ID?
    /// Identifier of the error: vCenter's word for the reason, else the class of the event; `nil` unless it failed.
    package var errorID: String?
    /// Text of the error; `nil` unless it failed and vCenter sent one.
    package var errorMessage: String?

    /// By the vCenter's clock.
    package var startTime: Timestamp? { started?.createdAt }
    /// By the vCenter's clock.
    package var endTime: Timestamp? { ended?.createdAt }

    init(opened event: CustomizationEvent, vm: String) {
        self.init(vm: vm, outcome: .running)
        started = event.id
    }

    init(endedOnly event: CustomizationEvent, vm: String, _ outcome: CustomizationOutcome) {
        self.init(vm: vm, outcome: outcome)
        end(by: event, outcome)
    }

    private init(vm: String, outcome: CustomizationOutcome) {
        self.vm = vm
        self.outcome = outcome
    }

    mutating func end(by event: CustomizationEvent, _ outcome: CustomizationOutcome) {
        self.outcome = outcome
        ended = event.id
        guard outcome == .failed else { return }
        errorID = event.reason ?? event.type.rawValue
        errorMessage = event.message
    }
}
