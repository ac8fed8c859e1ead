extension FailureCause {
    /// Causes in the guest's VMware Tools. Sources: Broadcom's API reference (identifiers), open-vm-tools, operators' reports.
    static let inTools: [FailureCause] = [
        FailureCause(
            "engine-hung",
            "The customization engine in the guest hangs, or its lock was left behind by a process that has ended.",
            checks: [
                "Check whether the process that holds the lock is still running; if not, restart the guest's VMware Tools service.",
                "Look for a full disk and for a package manager waiting for its own lock.",
                "Restart the guest before it is customized again.",
            ], logs: [.deployment, .live, .guestCustomization],
            ids: ["engine_not_responding", "engine_hung", "lock_orphaned"],
            messages: [
                "engine ~ not answered|responding|responded", "engine ~ hung", "lock ~ held", "lock * orphaned",
            ]),
        FailureCause(
            "tools-without-customization",
            "VMware Tools is running in the guest but cannot customize it: it is too old, or lacks the deployPkg plug-in.",
            checks: [
                "Update open-vm-tools (Linux) or VMware Tools (Windows) in the template.",
                "Check that libdeployPkgPlugin.so is installed: some distributions package it separately (open-vm-tools-deploypkg).",
            ], logs: [.deployment, .guestCustomization], ids: ["tools_do_not_support_customization"],
            messages: [
                "tools does|do not support * customization", "tools * too old * customization",
                "deploypkg plug-in|plugin ~ missing", "deploypkg plug-in|plugin ~ not found|installed|loaded",
            ]),
        FailureCause(
            "tools-not-running",
            "VMware Tools is missing in the guest, not running, or of a kind that vCenter does not recognise.",
            checks: [
                "Check the Tools status that vCenter shows for the VM; install or start open-vm-tools (Linux) or VMware Tools (Windows).",
                "Check that the deployPkg plug-in is installed: some distributions package it separately from open-vm-tools.",
                "Check that the VM's configured guest operating system is the one that is installed.",
            ], logs: [.deployment, .guestCustomization],
            ids: [
                "tools_not_running", "tools_not_installed", "tools_not_recognised", "tools_unavailable",
                "ToolsUnavailable",
            ],
            messages: [
                "tools|open-vm-tools ~ not running|recognised|recognized|installed|available|responding",
                "tools|open-vm-tools in|on|of * is|are|was not running|recognised|recognized|installed|available|responding",
                "tools|open-vm-tools is|are missing|unavailable", "missing vmware tools", "no vmware tools", "no tools",
            ]),
        FailureCause(
            "disabled-in-tools", "The guest's administrator has switched customization off in VMware Tools.",
            checks: [
                "Run `vmware-toolbox-cmd config get deployPkg enable-customization` in the guest; set it to true.",
                "Check the section [deployPkg] of /etc/vmware-tools/tools.conf or C:\\ProgramData\\VMware\\VMware Tools\\tools.conf.",
            ], logs: [.deployment, .guestCustomization],
            ids: ["customizationDisabled", "customization_disabled", "enable-customization"],
            messages: ["customization ~ disabled"]),
    ]
}
