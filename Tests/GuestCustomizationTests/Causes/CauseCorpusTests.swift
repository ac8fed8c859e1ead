import GuestCustomization
import Testing

/// Texts that vCenters and guests are known to send, and the cause of each; `nil` if it has none.
///
/// Sources: issues of terraform-provider-vsphere (#735, #1133, #1202, #2269, #478, #739), open-vm-tools (#56, #578, #758) and its
/// `linuxDeployment.c`, pyvmomi (#365, #510), packer-builder-vsphere (#178), community.vmware (#1396), fedora-coreos-tracker (#70),
/// ansible-vsphere-gos-validation (#139), cloud-init's data sources, and the texts of vSphere's customization events and faults.
@Suite struct CauseCorpusTests {
    @Test(
        arguments: [
            (
                "An error occurred while customizing VM web-07. For details reference the log file <No Log> in the guest OS.",
                "no-guest-log"
            ),
            (
                "An error occurred while customizing VM example1.com. For details reference the log file /var/log/vmware-imc/toolsDeployPkg.log in the guest OS.",
                "failed-in-guest"
            ),
            ("Deployment failed. The forked off process returned error code.", "failed-in-guest"),
            ("Deployment failed.The forked off process returned error code.", "failed-in-guest"),
            ("Customization command failed with exitcode: 1, stderr: ''.", "failed-in-guest"),
            ("Fatal error occurred during customization !! Customization halted.", "failed-in-guest"),
            (
                "Customization command failed with exitcode: 127, stderr: '/bin/sh: /usr/bin/perl: No such file or directory'.",
                "perl-missing"
            ),
            ("exitcode: 127, stderr: '/usr/bin/perl: No such file or directory'", "perl-missing"),
            ("sh: perl: command not found", "perl-missing"),
            ("/bin/bash: ip: command not found", "command-not-found"),
            ("Customization command failed with exitcode: 127, stderr: ''.", "command-not-found"),
            (
                "Customization command failed with exitcode: 126, stderr: '/bin/sh: /tmp/.vmware-imgcust-dZMKDmP/scripts/customize.sh: Permission denied'",
                "script-not-executable"
            ),
            ("Process exited with status 32256", "script-not-executable"),
            (
                "Can't locate File/Temp.pm in @INC (you may need to install the File::Temp module)",
                "perl-modules-missing"
            ),
            ("Error writing data to file: No space left on device", "disk-full"),
            ("cannot create directory '/var/log/vmware-imc': Read-only file system", "disk-full"),
            ("Guest Tools does not support Guest Customization", "tools-without-customization"),
            ("VMware Tools do not support customization of this guest", "tools-without-customization"),
            (
                "Customization of the guest operating system is not supported due to the given reason: Tools is not installed in the GuestOS.",
                "tools-not-running"
            ),
            ("VMware Tools are not running in VM 'web-01'", "tools-not-running"),
            ("VMware Tools is missing", "tools-not-running"),
            (
                "Customization of the guest operating system 'centos64Guest' is not supported in this configuration.",
                "guest-not-supported"
            ),
            (
                "An error occurred while setting up network properties of the guest OS. See the log file /var/log/vmware-imc/toolsDeployPkg.log in the guest OS for details.",
                "network-setup-failed"
            ),
            (
                "Error writing data to file (/etc/sysconfig/network-scripts/ifcfg-eth0). No such file or directory at Utils.pm line 655.",
                "network-setup-failed"
            ),
            ("Error : Error finding the specified NIC for MAC address = 00:50:56:aa:bb:cc", "adapter-not-found"),
            (
                "An error occurred while setting up Linux identity. See log file '/var/log/vmware-imc/toolsDeployPkg.log' on guest OS for details.",
                "identity-setup-failed"
            ),
            (
                "The version of Sysprep 5.2 provided for customizing VM win does not match the version of guest OS 6.1. See the log file C:\\x.log in the guest OS for more information.",
                "sysprep-version-mismatch"
            ),
            ("Guest Customization is already pending.", "already-pending"),
            ("fault.CustomizationPending.summary", "already-pending"),
            ("fault.NicSettingMismatch.summary", "nic-setting-mismatch"),
            (
                "The number of network adapters in the guest does not match the number in the specification.",
                "nic-setting-mismatch"
            ),
            (
                "Microsoft.MicrosoftEdge.Stable_86.0.622.38_neutral__8wekyb3d8bbwe was installed for a user, but not provisioned for all users.",
                "sysprep-appx-package"
            ),
            ("Custom script is disabled by VM Administrator", "custom-scripts-disabled"),
            ("User defined script is disabled by the guest's administrator", "custom-scripts-disabled"),
            ("Customization is disabled by VMware Tools", "disabled-in-tools"),
            (
                "Guest customization is disabled: disable_vmware_customization is true in /etc/cloud/cloud.cfg.",
                "disabled-in-guest"
            ),
            ("The machine failed to join the domain", "domain-join-failed"),
            // Texts with the letters of a cause but not its words.
            ("Communication error with vCenter: thumbprint mismatch", nil),
            ("Script exited with code 1 on 10.1.126.5", nil),
            ("Waited 32256 ms for process 126", nil),
            ("See /var/log/vmware-imc/toolsDeployPkg.log: netplan is missing", nil),
            ("Scheduled backup was disabled by VMware Tools", nil),
            ("Failed to reboot, telinit returned error 127.", nil),
            ("The properlyconfigured host is not found", nil),
            ("VMware Tools version 12 is installed and running", nil),
            ("timeout waiting for customization to complete", nil),
            ("The object 'vim.VirtualMachine:vm-42' has already been deleted", nil),
            ("Unable to access the virtual machine configuration", nil),
            ("A general system error occurred: Invalid fault", nil),
        ] as [(String, String?)])
    func `a known text has its cause or none`(text: String, cause: String?) {
        #expect(FailureCause.of(id: nil, message: text)?.name == cause)
    }

    @Test(
        arguments: [
            ("com.vmware.api.vcenter.vm.guest.tools_not_running", "tools-not-running"),
            ("com.vmware.vapi.communication_error", nil), ("com.vmware.technical.mismatch", nil),
            ("vim.event.CustomizationNetworkSetupFailed", "network-setup-failed"),
            ("com.vmware.vim.NICSettingMismatch", "nic-setting-mismatch"), ("com.vmware.properlmissing", nil),
        ] as [(String, String?)])
    func `a known identifier has its cause by whole words`(id: String, cause: String?) {
        #expect(FailureCause.of(id: id, message: nil)?.name == cause)
    }
}
