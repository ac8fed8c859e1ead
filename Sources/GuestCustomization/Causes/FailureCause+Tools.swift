extension FailureCause {
    /// In the guest's VMware Tools. Sources: Broadcom's API reference (identifiers), open-vm-tools, reports of operators.
    static let inTools: [FailureCause] = [
        FailureCause(
            "engine-hung",
            "The customization engine in the guest hangs, or a process that has ended still holds its lock.",
            checks: [
                "See whether the process that holds the lock still runs; if it does not, restart the guest's VMware Tools service.",
                "Look for a full disk and for a package manager that waits for its own lock.",
                "Restart the guest before it is customized again.",
            ], logs: [.deployment, .live, .guestCustomization],
            ids: ["engine_not_responding", "engine_hung", "lock_orphaned"],
            messages: [
                "engine ~ not answered|responding|responded", "engine ~ hung", "lock ~ held", "lock * orphaned",
            ]),
        FailureCause(
            "tools-without-customization",
            "The guest's VMware Tools run, and cannot customize: they are too old, or lack the deployPkg plug-in.",
            checks: [
                "Update open-vm-tools (Linux) or VMware Tools (Windows) in the template.",
                "See that libdeployPkgPlugin.so is there: some distributions package it apart (open-vm-tools-deploypkg).",
            ], logs: [.deployment, .guestCustomization], ids: ["tools_do_not_support_customization"],
            messages: [
                "tools does|do not support * customization", "tools * too old * customization",
                "deploypkg plug-in|plugin ~ missing", "deploypkg plug-in|plugin ~ not found|installed|loaded",
            ]),
        FailureCause(
            "tools-not-running",
            "VMware Tools is missing in the guest, not running, or of a kind that vCenter does not recognise.",
            checks: [
                "Compare the Tools status that vCenter shows for the VM; install or start open-vm-tools (Linux) or VMware Tools (Windows).",
                "See that the deployPkg plug-in is installed: some distributions package it apart from open-vm-tools.",
                "See that the VM's configured guest operating system is the one that is installed.",
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
                "See `vmware-toolbox-cmd config get deployPkg enable-customization` in the guest; set it to true.",
                "See the section [deployPkg] of /etc/vmware-tools/tools.conf or C:\\ProgramData\\VMware\\VMware Tools\\tools.conf.",
            ], logs: [.deployment, .guestCustomization],
            ids: ["customizationDisabled", "customization_disabled", "enable-customization"],
            messages: ["customization ~ disabled"]),
    ]
}
