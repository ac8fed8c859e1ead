import GuestCustomization

/// Why a customization fails, as a message with values to fill in.
///
/// The causes are those that operators see (docs/vcenter-api.md, "What operators meet"). The identifiers have the form of
/// vCenter's own, such as `com.vmware.api.vcenter.vm.too_many_matches`; Broadcom publishes no list of them.
struct SimulatedFailure: Sendable {
    /// A value in the message, drawn for each failure.
    enum Value: Sendable {
        case vmName
        case text([String])
        case integer([Int64])
        /// Seconds between the limits, with one digit after the point.
        case seconds(Double, Double)
        case startTime
        case nested(id: String, parameter: String, text: String)
    }

    /// Last part of the message's identifier.
    let name: String
    let guests: [GuestFamily]
    /// English, with `{0}` for the first value and so on.
    let template: String
    let values: [(name: String, value: Value)]

    init(_ name: String, _ guests: [GuestFamily], _ template: String, _ values: [(name: String, value: Value)] = []) {
        self.name = name
        self.guests = guests
        self.template = template
        self.values = values
    }

    static let identifierPrefix = "com.vmware.api.vcenter.vm.guest.customization."

    /// The message about one failure. Failures with the same draws have the same message.
    func message(vmName: String, startTime: Timestamp, drawing draws: inout SplitMix64) -> LocalizableMessage {
        var text = template
        var args: [String] = []
        var params: [String: LocalizationParam] = [:]
        for (index, (name, value)) in values.enumerated() {
            let (shown, param) = Self.draw(value, vmName: vmName, startTime: startTime, &draws)
            text = text.replacing("{\(index)}", with: shown)
            args.append(shown)
            params[name] = param
        }
        return LocalizableMessage(
            id: Self.identifierPrefix + name, defaultMessage: text, args: args, params: params.isEmpty ? nil : params)
    }

    private static func draw(
        _ value: Value, vmName: String, startTime: Timestamp, _ draws: inout SplitMix64
    ) -> (String, LocalizationParam) {
        switch value {
        case .vmName:
            return (vmName, LocalizationParam(.string(vmName)))
        case .text(let choices):
            let choice = draws.element(of: choices)
            return (choice, LocalizationParam(.string(choice)))
        case .integer(let choices):
            let choice = draws.element(of: choices)
            return (String(choice), LocalizationParam(.integer(choice)))
        case .seconds(let low, let high):
            let seconds = ((low + draws.unit() * (high - low)) * 10).rounded() / 10
            return (String(seconds), LocalizationParam(.double(seconds), precision: 1))
        case .startTime:
            let text = startTime.rfc3339
            return (text, LocalizationParam(.dateTime(text), format: "MED_DATE_TIME"))
        case .nested(let id, let parameter, let text):
            let inner = LocalizationParam(.string(text))
            let message = NestedLocalizableMessage(id: identifierPrefix + id, params: [parameter: inner])
            return (text, LocalizationParam(.message(message)))
        }
    }
}

extension SimulatedFailure {
    static let all: [SimulatedFailure] = [
        SimulatedFailure(
            "tools_not_running", [.linux, .windows],
            "VMware Tools is not running or not recognised in virtual machine '{0}'.", [("vm", .vmName)]),
        SimulatedFailure(
            "perl_missing", [.linux], "The customization script needs Perl, which virtual machine '{0}' does not have.",
            [("vm", .vmName)]),
        SimulatedFailure(
            "script_not_executable", [.linux],
            "The customization script could not be run from {0} (exit status {1}): the file system is mounted noexec.",
            [("directory", .text(["/tmp", "/run", "/var/run"])), ("exit_status", .integer([32256]))]),
        SimulatedFailure(
            "cloud_init_timed_out", [.linux], "cloud-init waited {0} seconds for {1} and gave up: {2}.",
            [
                ("waited", .seconds(14.5, 15.5)), ("file", .text(["/var/run/vmware-imc/cust.cfg"])),
                (
                    "reason",
                    .nested(id: "configuration_file_missing", parameter: "state", text: "no configuration file")
                ),
            ]),
        SimulatedFailure(
            "disabled_in_guest", [.linux],
            "Guest customization is disabled: disable_vmware_customization is true in {0}.",
            [("file", .text(["/etc/cloud/cloud.cfg", "/etc/cloud/cloud.cfg.d/99-local.cfg"]))]),
        SimulatedFailure(
            "custom_scripts_disabled", [.linux],
            "The specification has a custom script, but custom scripts are disabled by the administrator of the guest."),
        SimulatedFailure(
            "nic_setting_mismatch", [.linux, .windows],
            "The specification has settings for {0} network adapters, virtual machine '{2}' has {1} (NicSettingMismatch).",
            [("expected", .integer([1, 2])), ("actual", .integer([3, 4])), ("vm", .vmName)]),
        SimulatedFailure(
            "already_pending", [.linux, .windows], "Customization is already pending on '{0}' since {1}.",
            [("vm", .vmName), ("since", .startTime)]),
        SimulatedFailure(
            "sysprep_appx_package", [.windows],
            "Sysprep refused (0x80073cf2): package {0} was installed for a user but not provisioned for all users.",
            [
                (
                    "package",
                    .text(["Microsoft.BingSearch_1.1.33", "Microsoft.OneDriveSync_24.196", "NotepadPlusPlus_1.0"])
                )
            ]),
        SimulatedFailure(
            "sysprep_already_generalised", [.windows],
            "Sysprep refused: the image of '{0}' has been sysprepped before; see {1}.",
            [
                ("vm", .vmName), ("log", .text([#"C:\Windows\System32\Sysprep\Panther\setuperr.log"#])),
            ]),
    ]

    /// The failure of a customization that ran for hours.
    static let engineHung = SimulatedFailure(
        "engine_not_responding", [.linux, .windows],
        "The guest customization engine has not answered for {0} seconds; its lock is held by process {1}, which ended.",
        [("waited", .seconds(3600, 7200)), ("process", .integer([811, 1204, 27_431]))])
}
