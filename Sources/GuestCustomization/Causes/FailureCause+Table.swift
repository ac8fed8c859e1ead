extension FailureCause {
    /// A failure about which the vCenter says nothing.
    public static let unreported = FailureCause(
        "no-error", "vCenter reported that the customization failed, and no error: the reason is in the guest alone.",
        checks: [
            "Read the guest's log; its last lines before the end time tell the step that failed.",
            "A domain join that is refused ends so: see the cause domain-join-failed.",
        ], logs: GuestLog.general)

    /// Every known cause; of two that fit, the first is meant. To add one, add it here: tests hold the table to its form.
    ///
    /// Sources: Broadcom's API reference (identifiers), Broadcom's knowledge base and operators' reports (causes, logs).
    public static let all: [FailureCause] = inTools + inLinux + inWindows + inSpecification + inVCenter

    private static let inTools: [FailureCause] = [
        FailureCause(
            "engine-hung",
            "The customization engine in the guest hangs, or a process that has ended still holds its lock.",
            checks: [
                "See whether the process that holds the lock still runs; if it does not, restart the guest's VMware Tools service.",
                "Look for a full disk and for a package manager that waits for its own lock.",
                "Restart the guest before it is customized again.",
            ], logs: [.deployment, .live, .guestCustomization],
            ids: ["engine_not_responding", "engine_hung", "lock_orphaned"],
            messages: ["engine*not answered", "engine*not responding", "engine*hung", "lock is held", "lock*orphaned"]),
        FailureCause(
            "tools-not-running",
            "VMware Tools is missing in the guest, not running, or of a kind that vCenter does not recognise.",
            checks: [
                "Compare the Tools status that vCenter shows for the VM; install or start open-vm-tools (Linux) or VMware Tools (Windows).",
                "See that the deployPkg plug-in is installed: some distributions package it apart from open-vm-tools.",
                "See that the VM's configured guest operating system is the one that is installed.",
            ], logs: [.deployment, .guestCustomization],
            ids: ["tools_not_running", "tools_not_installed", "tools_not_recognised", "tools_unavailable"],
            messages: [
                "tools*not running", "tools*not recogni", "tools*not installed", "tools*missing", "tools*unavailable",
                "tools is not available", "no tools",
            ]),
    ]

    private static let inLinux: [FailureCause] = [
        FailureCause(
            "perl-missing", "The guest has no Perl, which VMware's customization scripts are written in.",
            checks: [
                "Install perl in the template, or let cloud-init take over the customization.",
                "See that perl is on the PATH of root's non-interactive shell.",
            ], logs: [.deployment], ids: ["perl_missing", "perl_not_found"],
            messages: [
                "needs perl", "requires perl", "no perl", "perl*not found", "perl*not installed", "perl*missing",
                "perl*does not have",
            ]),
        FailureCause(
            "script-not-executable",
            "The directory that the customization is unpacked to is mounted noexec, so that its scripts may not run (exit status 32256 is a shell's 126).",
            checks: [
                "See `findmnt /tmp /run /var/run` for noexec; mount them without it while the guest is customized.",
                "Where noexec has to stay, let cloud-init take over the customization.",
            ], logs: [.deployment], ids: ["script_not_executable", "noexec"],
            messages: ["noexec", "32256", "exit*status*126", "exit*code*126", "cust*permission denied"]),
        FailureCause(
            "disabled-in-guest", "The guest's cloud-init is told not to take over customization by VMware.",
            checks: [
                "Look for disable_vmware_customization in /etc/cloud/cloud.cfg and /etc/cloud/cloud.cfg.d/; set it to false.",
                "With it true, the Perl scripts of VMware Tools do the work: then see that perl is installed.",
            ], logs: [.deployment, .cloudInit], ids: ["disabled_in_guest", "disable_vmware_customization"],
            messages: ["disable_vmware_customization", "customization is disabled"]),
        FailureCause(
            "cloud-init-timed-out",
            "cloud-init waited for the customization's configuration file and gave up before it came.",
            checks: [
                "See that VMware Tools starts before cloud-init: order open-vm-tools.service before cloud-init-local.service.",
                "Raise vmware_cust_file_max_wait in cloud.cfg: its 15 seconds can be too short on a busy host.",
            ], logs: [.cloudInit, .deployment],
            ids: ["cloud_init_timed_out", "configuration_file_missing"],
            messages: [
                "cloud-init*gave up", "cloud-init*timed out", "cloud-init*timeout", "cust.cfg*not found",
                "wait*cust.cfg",
            ]),
        FailureCause(
            "custom-scripts-disabled",
            "The specification brings a script of its own, which the guest's administrator has not allowed.",
            checks: [
                "Allow it in the guest: vmware-toolbox-cmd config set deployPkg enable-custom-scripts true.",
                "Or take the script out of the specification.",
            ], logs: [.deployment], ids: ["custom_scripts_disabled"],
            messages: ["custom script*disabled", "enable-custom-scripts", "user defined script is disabled"]),
    ]

    private static let inWindows: [FailureCause] = [
        FailureCause(
            "sysprep-appx-package",
            "Sysprep refuses because an app package was installed or updated for one user only, not for all.",
            checks: [
                "setuperr.log names the package: remove it in the template with Remove-AppxPackage for every user, and its provisioning too.",
                "Keep the Microsoft Store from updating apps while the template is prepared.",
            ], logs: [.sysprepErrors, .guestCustomization], ids: ["sysprep_appx_package"],
            messages: ["0x80073cf2", "sysprep*appx", "package*was installed for a user"]),
        FailureCause(
            "sysprep-already-generalised", "Sysprep refuses because the image was sysprepped before, or too often.",
            checks: [
                "Build the template from an image that was never sysprepped.",
                "See the rearm count that slmgr /dlv shows, and the state under HKLM\\SYSTEM\\Setup\\Status\\SysprepStatus.",
            ], logs: [.sysprepErrors, .guestCustomization],
            ids: ["sysprep_already_generalised", "sysprep_already_generalized"],
            messages: ["been sysprepped", "already sysprepped", "sysprep*already", "sysprep*rearm"]),
        FailureCause(
            "domain-join-failed", "The guest could not join its domain; Windows often says nothing of it to vCenter.",
            checks: [
                "See that the guest reaches a domain controller with the DNS servers that the specification gives.",
                "Check the join account's password, its right to join, and a computer account of that name that is left over.",
            ], logs: [.domainJoin, .guestCustomization], ids: ["domain_join"],
            messages: ["join*domain", "domain join", "netjoindomain"]),
    ]

    private static let inSpecification: [FailureCause] = [
        FailureCause(
            "nic-setting-mismatch", "The specification describes another number of network adapters than the VM has.",
            checks: [
                "Compare the adapters of the VM with those of the specification; give each adapter one entry.",
                "See whether an adapter was added to the template, or by the deployment itself, after the specification was made.",
            ], logs: [], ids: ["nic_setting_mismatch"],
            messages: [
                "nicsettingmismatch", "settings for*network adapters", "number of network adapters", "nic*mismatch",
            ]),
        FailureCause(
            "already-pending", "An earlier customization of the VM has not run yet, and there can be one only.",
            checks: [
                "Start the guest and let the pending one end; `\(ProgramName.called) show VM` tells since when it waits.",
                "If it never ends, see VMware Tools in the guest, then clear it: reconfigure the VM with tools.deployPkg.fileName empty.",
            ], logs: [.deployment, .guestCustomization], ids: ["already_pending", "customization_pending"],
            messages: ["already pending", "customization*is pending"]),
    ]

    private static let inVCenter: [FailureCause] = [
        FailureCause(
            "endpoint-missing",
            "The vCenter is older than what it was asked for: customization-live exists since vSphere 9.0.",
            checks: ["Poll with --endpoint customization, which exists since 7.0."], logs: [],
            ids: ["com.vmware.vapi.rest.httpNotFound"]),
        FailureCause(
            "too-many-matches", "A listing would have more entries than vCenter shows at once (4000 VMs, 2500 hosts).",
            checks: ["Poll with an account that sees fewer VMs, or with --vm; host by host is tried by itself."],
            logs: [],
            ids: ["too_many_matches"]),
        FailureCause(
            "too-many-sessions", "The account has as many sessions as vCenter allows; most were never logged out.",
            checks: [
                "Find the client that leaves sessions behind; they end by themselves once they are idle for long.",
                "Give this program an account of its own.",
            ], logs: [], ids: ["failedToLoginMaxUserSessionCountReached"]),
    ]
}
