extension FailureCause {
    /// In the specification, or in how it fits the VM. Sources: Broadcom's API reference (faults), reports of operators.
    static let inSpecification: [FailureCause] = [
        FailureCause(
            "nic-setting-mismatch", "The specification describes another number of network adapters than the VM has.",
            checks: [
                "Compare the adapters of the VM with those of the specification; give each adapter one entry.",
                "See whether an adapter was added to the template, or by the deployment itself, after the specification was made.",
            ], logs: [], ids: ["nic_setting_mismatch"],
            messages: [
                "settings for * network adapter|adapters", "number of network adapters|interfaces",
                "number of nics|adapters", "nic|nics ~ mismatch", "nic setting|settings|count|number ~ mismatch",
            ]),
        FailureCause(
            "already-pending", "An earlier customization of the VM has not run yet, and there can be one only.",
            checks: [
                "Start the guest and let the pending one end; `\(ProgramName.called) show VM` tells since when it waits.",
                "If it never ends, see VMware Tools in the guest, then clear it: reconfigure the VM with tools.deployPkg.fileName empty.",
            ], logs: [.deployment, .guestCustomization],
            ids: ["already_pending", "customization_pending"],
            messages: ["already pending", "customization ~ pending"]),
        FailureCause(
            "guest-not-supported",
            "vCenter does not customize this guest operating system with this host and these VMware Tools.",
            checks: [
                "See that the VM's configured guest operating system is the one that is installed: 'Other' is not customized.",
                "Look both up in Broadcom's guest OS customization support matrix.",
                "See that the template has run once with its VMware Tools, so that vCenter has seen them.",
            ], logs: [], ids: ["UncustomizableGuest", "guest_not_supported"],
            messages: [
                "guest operating system * not supported", "customization of the guest operating system * not supported",
            ]),
    ]
}
