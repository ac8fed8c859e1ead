extension FailureCause {
    /// Causes in the specification, or in how it fits the VM. Sources: Broadcom's API reference (faults), operators' reports.
    static let inSpecification: [FailureCause] = [
        FailureCause(
            "nic-setting-mismatch", "The specification has a different number of network adapters than the VM.",
            checks: [
                "Compare the VM's adapters with those in the specification; give each adapter one entry.",
                "Check whether an adapter was added to the template, or by the deployment itself, after the specification was written.",
            ], logs: [], ids: ["nic_setting_mismatch"],
            messages: [
                "settings for * network adapter|adapters", "number of network adapters|interfaces",
                "number of nics|adapters", "nic|nics ~ mismatch", "nic setting|settings|count|number ~ mismatch",
            ]),
        FailureCause(
            "already-pending", "An earlier customization of the VM has not run yet, and only one can be pending.",
            checks: [
                "Start the guest and let the pending one finish; `\(ProgramName.called) show VM` shows how long it has been pending.",
                "If it never finishes, check VMware Tools in the guest, then clear it: reconfigure the VM with an empty tools.deployPkg.fileName.",
            ], logs: [.deployment, .guestCustomization],
            ids: ["already_pending", "customization_pending"],
            messages: ["already pending", "customization ~ pending"]),
        FailureCause(
            "guest-not-supported",
            "vCenter does not support customizing this guest operating system with this host and this version of VMware Tools.",
            checks: [
                "Check that the VM's configured guest operating system is the one that is installed: 'Other' cannot be customized.",
                "Look both up in Broadcom's guest OS customization support matrix.",
                "Power on the template once with its VMware Tools running, so that vCenter has seen them.",
            ], logs: [], ids: ["UncustomizableGuest", "guest_not_supported"],
            messages: [
                "guest operating system * not supported", "customization of the guest operating system * not supported",
            ]),
    ]
}
