extension FailureCause {
    /// Causes in a Linux guest. Sources: open-vm-tools (`linuxDeployment.c`), cloud-init's `DataSourceVMware` and `DataSourceOVF`,
    /// operators' reports to terraform-provider-vsphere and open-vm-tools.
    static let inLinux: [FailureCause] = [
        FailureCause(
            "perl-missing", "The guest has no Perl, and VMware's customization scripts are written in Perl.",
            checks: [
                "Install perl in the template, or let cloud-init take over the customization.",
                "Check that perl is on the PATH of root's non-interactive shell.",
            ], logs: [.deployment], ids: ["perl_missing", "perl_not_found", "perl_not_installed"],
            messages: [
                "needs|requires perl", "no perl", "perl ~ not found|installed|available", "perl ~ missing",
                "missing perl", "perl * does not have", "perl no such file or directory", "cannot|can't find perl",
            ]),
        FailureCause(
            "perl-modules-missing", "The guest's Perl lacks a module that VMware's customization scripts use.",
            checks: [
                "Install the whole perl package: minimal images bring only perl-base or perl-interpreter.",
                "The message names the module; check that its package is in the template.",
            ], logs: [.deployment], ids: ["perl_module_missing"],
            messages: ["locate * in inc", "perl module|modules ~ missing", "perl module|modules ~ not found|installed"]),
        FailureCause(
            "script-not-executable",
            "The customization is unpacked to a directory that is mounted noexec, so its scripts cannot run (exit status 32256 is a shell's 126).",
            checks: [
                "Look for noexec in `findmnt /tmp /run /var/run`; mount them without it while the guest is customized.",
                "If noexec has to stay, let cloud-init take over the customization.",
            ], logs: [.deployment], ids: ["script_not_executable", "noexec"],
            messages: [
                "exit|exited|exitcode|exitstatus|return|rc ~ 126|32256", "status|code 32256",
                "customize.sh|customize.pl permission denied", "vmware-imgcust * permission denied",
            ]),
        FailureCause(
            "disk-full", "A file system of the guest is full or read-only, so the customization cannot write to it.",
            checks: [
                "Run `df -h` and `df -i` in the guest; check / and /var first.",
                "Check `findmnt -O ro` and the kernel log for a file system that was remounted read-only.",
            ], logs: [.deployment, .cloudInit],
            messages: ["no space left on device", "disk is full", "disk full", "read-only file system"]),
        FailureCause(
            "disabled-in-guest", "The guest's cloud-init is configured not to take over customization by VMware.",
            checks: [
                "Look for disable_vmware_customization in /etc/cloud/cloud.cfg and /etc/cloud/cloud.cfg.d/; set it to false.",
                "If it has to stay true, the Perl scripts of VMware Tools do the work: check that perl is installed.",
            ], logs: [.deployment, .cloudInit], ids: ["disable_vmware_customization", "disabled_in_guest"]),
        FailureCause(
            "cloud-init-timed-out",
            "cloud-init waited for the customization's configuration file and gave up before it came.",
            checks: [
                "Make sure that VMware Tools starts before cloud-init: order open-vm-tools.service before cloud-init-local.service.",
                "Raise vmware_cust_file_max_wait in cloud.cfg: its 15 seconds can be too short on a busy host.",
            ], logs: [.cloudInit, .deployment],
            ids: ["cloud_init_timed_out", "configuration_file_missing"],
            messages: [
                "cloud-init * gave up", "cloud-init waited * gave up", "cust.cfg * gave up", "cloud-init ~ timed out",
                "cloud-init timeout", "cust.cfg ~ not found", "wait|waited|waiting * cust.cfg",
            ]),
        FailureCause(
            "custom-scripts-disabled",
            "The specification contains a custom script, and the guest's administrator has not allowed custom scripts.",
            checks: [
                "Allow it in the guest: `vmware-toolbox-cmd config set deployPkg enable-custom-scripts true`.",
                "Or remove the script from the specification.",
            ], logs: [.deployment],
            ids: [
                "custom_scripts_disabled", "custom_script_disabled", "userDefinedScriptDisabled",
                "enable-custom-scripts",
            ],
            messages: [
                "custom script|scripts ~ disabled", "user defined script|scripts ~ disabled",
                "user-defined script|scripts ~ disabled",
            ]),
        FailureCause(
            "adapter-not-found", "The guest does not see a network adapter that the specification refers to.",
            checks: [
                "Check that each adapter of the VM is connected at power-on, and that the guest has a driver for its type.",
                "Compare the VM's MAC addresses with those that `ip link` shows in the guest.",
            ], logs: [.deployment], ids: ["nic_not_found"],
            messages: [
                "finding the specified nic", "specified nic ~ not found", "nic|adapter for mac address ~ not found",
            ]),
        FailureCause(
            "network-setup-failed", "The guest's network could not be configured as specified.",
            checks: [
                "Read toolsDeployPkg.log: it names the file or the adapter that failed.",
                "Check that VMware Tools or cloud-init supports the guest's network service (netplan, NetworkManager, ifcfg).",
            ], logs: [.deployment, .cloudInit, .guestCustomization],
            ids: ["CustomizationNetworkSetupFailed", "network_setup_failed"],
            messages: ["setting up network properties", "writing data to file * network-scripts"]),
        FailureCause(
            "identity-setup-failed",
            "The guest's host name, domain or time zone could not be set as specified.",
            checks: [
                "Read toolsDeployPkg.log: it names the command that failed.",
                "Check that the host name contains only letters, digits and hyphens.",
            ], logs: [.deployment, .cloudInit], ids: ["CustomizationLinuxIdentityFailed", "linux_identity_failed"],
            messages: ["setting up linux identity"]),
        FailureCause(
            "command-not-found",
            "The guest lacks a command that the customization runs, most often perl (a shell's exit status 127).",
            checks: [
                "Read toolsDeployPkg.log: the line before the exit status names the command.",
                "Install it in the template; check that it is on the PATH of root's non-interactive shell.",
            ], logs: [.deployment],
            messages: [
                "exit|exited|exitcode|exitstatus|return|rc ~ 127|32512", "customization * command not found",
                "sh|bash * command not found",
            ]),
    ]
}
