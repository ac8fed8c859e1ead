import TestSupport
import Testing

@testable import GuestCustomization

@Suite struct FailureCauseTests {
    @Test(arguments: [
        ("VMware Tools is not running in virtual machine 'web'.", "tools-not-running"),
        ("The guest has no Perl", "perl-missing"),
        ("/usr/bin/perl: not found", "perl-missing"),
        ("/tmp is mounted noexec", "script-not-executable"),
        ("Customization script exited with 32256", "script-not-executable"),
        ("cloud-init waited 15 seconds for cust.cfg and gave up", "cloud-init-timed-out"),
        ("disable_vmware_customization is true", "disabled-in-guest"),
        ("Custom scripts are DISABLED", "custom-scripts-disabled"),
        ("NicSettingMismatch: 2 adapters", "nic-setting-mismatch"),
        ("Customization is already pending on 'x'", "already-pending"),
        ("Sysprep refused: 0x80073CF2", "sysprep-appx-package"),
        ("The image has already been sysprepped", "sysprep-already-generalised"),
        ("could not join the domain", "domain-join-failed"),
        ("The engine has not answered; its lock is held by process 12", "engine-hung"),
    ])
    func `a message has its cause`(message: String, name: String) {
        #expect(FailureCause.of(id: nil, message: message)?.name == name)
    }

    @Test(arguments: [
        ("com.vmware.api.vcenter.vm.guest.customization.perl_missing", "perl-missing"),
        ("vim.fault.NicSettingMismatch", "nic-setting-mismatch"),
        ("com.vmware.api.vcenter.vm.too_many_matches", "too-many-matches"),
        ("com.vmware.vapi.rest.httpNotFound", "endpoint-missing"),
        ("com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached", "too-many-sessions"),
    ])
    func `an identifier decides the cause whatever the text`(id: String, name: String) {
        #expect(FailureCause.of(id: id, message: "Sysprep refused: 0x80073cf2")?.name == name)
        #expect(FailureCause.of(id)?.name == name)
    }

    @Test func `an unknown error has an unknown cause, and a missing error has a cause of its own`() {
        #expect(FailureCause.of(id: "com.vmware.x", message: "The moon is in the wrong phase") == nil)
        #expect(FailureCause.of(id: nil, message: "") == nil)
        #expect(FailureCause.of("") == nil)
        #expect(FailureCause.of(id: nil, message: nil) == FailureCause.unreported)
    }

    @Test func `a VM's name does not affect the cause`() {
        let text =
            "An error occurred while customizing VM domain-join-01. For details reference the log file x in the guest OS."
        #expect(FailureCause.of(id: nil, message: text, names: ["Domain-Join-01"])?.name == "failed-in-guest")
        let named = Customization(
            of: CustomizedVM(vCenter: "vc", id: "vm-1", name: "noexec"), endpoint: .customizationLive, outcome: .failed,
            status: .failed, startTime: nil, endTime: at(0), endFirstPolledAt: nil, firstPolledAt: at(0),
            lastPolledAt: at(0), polls: 1, errorID: nil, errorMessage: "noexec is odd")
        #expect(named.cause == nil)
    }

    @Test(arguments: [
        ("perl", ["perl-missing", "perl-modules-missing"]), ("NIC", ["nic-setting-mismatch"]),
        ("Mismatch sysprep", ["sysprep-version-mismatch"]), ("netplan", ["network-setup-failed"]), ("moon", []),
        ("", []),
    ])
    func `words find causes`(words: String, names: [String]) {
        #expect(FailureCause.matching(words: words).map(\.name) == names)
    }

    @Test func `every cause is found by its name`() {
        for cause in FailureCause.all + [FailureCause.unreported] { #expect(FailureCause.of(cause.name) == cause) }
    }

    @Test func `the table of causes is well formed`() {
        let all = FailureCause.all
        #expect(Set(all.map(\.name)).count == all.count)
        for cause in all {
            #expect(cause.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
            #expect(cause.explanation.hasSuffix(".") && !cause.checks.isEmpty, "\(cause.name)")
            #expect(cause.checks.allSatisfy { $0.hasSuffix(".") }, "\(cause.name)")
            #expect(!cause.ids.isEmpty || !cause.messages.isEmpty, "\(cause.name)")
            #expect(cause.messages.map(\.text).allSatisfy { $0 == $0.lowercased() && $0.count >= 5 }, "\(cause.name)")
            // An earlier cause with a later one's identifier would hide it.
            for id in cause.ids { #expect(FailureCause.of(id: id, message: nil) == cause) }
        }
    }
}
