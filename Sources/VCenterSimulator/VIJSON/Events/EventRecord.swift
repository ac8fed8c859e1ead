import GuestCustomization

/// An event as it is kept: a million of them fit in memory, since what an event says is worked out when it is read.
struct EventRecord: Sendable {
    enum Content: Sendable {
        case started(Estate.Entry)
        /// The end of the customization with this number.
        case ended(Estate.Entry, slot: Int32, EndType)
        case cloned(Estate.Entry)
        case deployed(Estate.Entry)
        case scripted(ScriptedEvent)
    }
    enum EndType: UInt8, Sendable {
        case succeeded, failed, linuxIdentity, networkSetup, sysprep, unknown

        var name: String {
            switch self {
            case .succeeded: "CustomizationSucceeded"
            case .failed: "CustomizationFailed"
            case .linuxIdentity: "CustomizationLinuxIdentityFailed"
            case .networkSetup: "CustomizationNetworkSetupFailed"
            case .sysprep: "CustomizationSysprepFailed"
            case .unknown: "CustomizationUnknownFailure"
            }
        }

        /// What vCenter makes of the end of a customization.
        init(_ customization: SimulatedCustomization) {
            guard customization.hasFailed else {
                self = .succeeded
                return
            }
            switch customization.failure?.name {
            case "perl_missing", "script_not_executable": self = .linuxIdentity
            case "nic_setting_mismatch": self = .networkSetup
            case "sysprep_appx_package", "sysprep_already_generalised": self = .sysprep
            case "tools_not_running", "disabled_in_guest", "custom_scripts_disabled", "already_pending": self = .failed
            default: self = .unknown
            }
        }
    }

    /// A test's own event.
    final class ScriptedEvent: Sendable {
        let event: SimulatedEvent

        init(_ event: SimulatedEvent) { self.event = event }
    }

    var key: Int32
    let createdTime: Timestamp
    let content: Content

    var type: String {
        switch content {
        case .started: "CustomizationStartedEvent"
        case .ended(_, _, let end): end.name
        case .cloned: "VmClonedEvent"
        case .deployed: "VmDeployedEvent"
        case .scripted(let scripted): scripted.event.type
        }
    }

    var vmID: String? {
        switch content {
        case .started(let entry), .ended(let entry, _, _), .cloned(let entry), .deployed(let entry): entry.machine.id
        case .scripted(let scripted): scripted.event.vm?.id
        }
    }

    /// - Parameter user: Who asks for customizations.
    func event(user: String) -> SimulatedEvent {
        switch content {
        case .scripted(let scripted):
            var event = scripted.event
            event.key = Int(key)
            return event
        case .started(let entry):
            var event = event(about: entry, user, "Started customization of VM \(entry.machine.name). See log.")
            event.logLocation = Self.log(of: entry)
            return event
        case .ended(let entry, let slot, let end): return event(about: entry, user, slot: Int64(slot), end)
        case .cloned(let entry), .deployed(let entry):
            let verb = type == "VmClonedEvent" ? "cloned" : "deployed"
            let text = "\(entry.machine.name) \(verb) from \(entry.template.name)"
            var event = event(about: entry, user, text)
            event.source = (entry.template.id, entry.template.name)
            return event
        }
    }

    private func event(about entry: Estate.Entry, _ user: String, slot: Int64, _ end: EndType) -> SimulatedEvent {
        let name = entry.machine.name
        guard end != .succeeded, let customization = entry.habits[.customization]?.customization(in: slot) else {
            return event(about: entry, "", "Customization of VM \(name) succeeded. Customization log in the guest OS.")
        }
        let why = customization.message(vmName: name)?.defaultMessage ?? "See the log in the guest OS."
        var event = event(about: entry, "", "An error occurred while customizing VM \(name): \(why)")
        event.logLocation = Self.log(of: entry)
        switch customization.failure?.name {
        case "custom_scripts_disabled": event.reason = "userDefinedScriptDisabled"
        case "disabled_in_guest": event.reason = "customizationDisabled"
        default: break
        }
        return event
    }

    private func event(about entry: Estate.Entry, _ user: String, _ message: String) -> SimulatedEvent {
        let machine = entry.machine
        var event = SimulatedEvent(
            type, key: Int(key), at: createdTime, vm: (machine.id, machine.name), message: message)
        event.userName = user
        event.host = machine.host
        return event
    }

    private static func log(of entry: Estate.Entry) -> String {
        entry.machine.guest == .linux
            ? "/var/log/vmware-imc/toolsDeployPkg.log" : #"C:\Windows\Temp\vmware-imc\guestcust.log"#
    }
}
