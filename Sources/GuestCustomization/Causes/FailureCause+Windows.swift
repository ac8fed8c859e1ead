extension FailureCause {
    /// Causes in a Windows guest. Sources: Broadcom's knowledge base, Microsoft's pages on sysprep, operators' reports.
    static let inWindows: [FailureCause] = [
        FailureCause(
            "sysprep-appx-package",
            "Sysprep refuses because an app package was installed or updated for one user only, not for all.",
            checks: [
                "setuperr.log names the package: remove it in the template with Remove-AppxPackage for every user, and remove its provisioning.",
                "Prevent the Microsoft Store from updating apps while the template is prepared.",
            ], logs: [.sysprepErrors, .guestCustomization], ids: ["sysprep_appx_package"],
            messages: [
                "0x80073cf2", "sysprep * appx", "package * was installed for a user", "was installed for a user",
            ]),
        FailureCause(
            "sysprep-already-generalised", "Sysprep refuses because the image was sysprepped before, or too often.",
            checks: [
                "Build the template from an image that was never sysprepped.",
                "Check the rearm count that `slmgr /dlv` shows, and the state under HKLM\\SYSTEM\\Setup\\Status\\SysprepStatus.",
            ], logs: [.sysprepErrors, .guestCustomization],
            ids: ["sysprep_already_generalised", "sysprep_already_generalized"],
            messages: [
                "been sysprepped", "already sysprepped", "sysprep ~ already", "sysprep * rearm",
                "rearm count ~ exceeded",
            ]),
        FailureCause(
            "sysprep-version-mismatch",
            "The sysprep files on the vCenter are for a different Windows version than the guest's.",
            checks: [
                "Put the sysprep files for the guest's Windows version on the vCenter; Windows Vista and later include their own.",
                "Check that the VM's configured guest operating system is the one that is installed.",
            ], logs: [.guestCustomization], ids: ["CustomizationSysprepFailed", "sysprep_version_mismatch"],
            messages: ["version of sysprep * does not match", "sysprep * does not match"]),
        FailureCause(
            "domain-join-failed", "The guest could not join its domain; Windows often does not report this to vCenter.",
            checks: [
                "Check that the guest can reach a domain controller with the DNS servers in the specification.",
                "Check the join account's password and its right to join, and look for an old computer account of that name.",
            ], logs: [.domainJoin, .guestCustomization], ids: ["domain_join", "netjoindomain"],
            messages: [
                "join|joining * domain", "domain join", "domain * could not be joined",
            ]),
    ]
}
