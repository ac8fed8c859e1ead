import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

@Suite struct ExplainTests {
    private func explain(_ arguments: String...) async throws -> EndedRun {
        try await TemporaryDirectory.with { directory in
            try await BuiltExecutable.history.run(["explain"] + arguments, in: directory)
        }
    }

    @Test func `explain shows the cause, the checks and the guest's log without a history`() async throws {
        let run = try await explain("Sysprep refused (0x80073cf2): package X was installed for a user")
        #expect(run.termination == .exited(0))
        #expect(run.standardError.isEmpty)
        #expect(run.standardOutput.hasPrefix("sysprep-appx-package\n"))
        #expect(run.standardOutput.contains("Remove-AppxPackage"))
        #expect(run.standardOutput.contains(#"C:\Windows\System32\Sysprep\Panther\setuperr.log"#))
    }

    @Test func `explain accepts an identifier and a cause's name`() async throws {
        #expect(try await explain("com.vmware.x.NicSettingMismatch").standardOutput.hasPrefix("nic-setting-mismatch\n"))
        #expect(try await explain("perl-missing").standardOutput.contains("/var/log/vmware-imc/toolsDeployPkg.log"))
    }

    @Test func `explain finds causes by words and lists all that match`() async throws {
        let perl = try await explain("perl")
        #expect(perl.termination == .exited(0))
        #expect(perl.standardOutput.contains("perl-missing") && perl.standardOutput.contains("\nperl-modules-missing"))
        let netplan = try await explain("netplan")
        #expect(
            netplan.termination == .exited(0)
                && netplan.standardOutput.hasPrefix("network-setup-failed\nProbable cause: "))
    }

    @Test func `explain reports an unknown error as unknown and passes no controls to the terminal`() async throws {
        let run = try await explain("The moon\u{1B}[2J is \u{202E}new")
        #expect(run.termination == .exited(64))
        #expect(run.standardOutput.isEmpty)
        #expect(run.standardError.hasPrefix("history: no cause is known for \"The moon"))
        #expect(!run.standardError.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
        let near = try await explain("perl-mising")
        #expect(near.termination == .exited(64) && near.standardError.contains("nearest: perl-missing"))
    }

    @Test func `explain without an argument lists every cause in 100 columns`() async throws {
        let run = try await explain()
        for cause in FailureCause.all {
            #expect(run.standardOutput.contains("\n" + cause.name))
        }
        #expect(run.standardOutput.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test func `explain knows every cause in a simulated year of failures`() async throws {
        try await PolledVCenter.with(vms: 60) { polled in
            var messages: Set<String> = []
            for machine in polled.vCenter.virtualMachines {
                for endpoint in Endpoint.polled {
                    for day in 0..<365 {
                        let instant = Timestamp(unixMilliseconds: 1_793_491_200_000 + Int64(day) * 86_400_000)
                        let info = polled.vCenter.lastCustomization(of: machine.id, endpoint, at: instant)
                        if let text = info?.error?.text { messages.insert(text) }
                    }
                }
            }
            #expect(messages.count > 20)
            for message in messages { #expect(FailureCause.of(id: nil, message: message) != nil, "\(message)") }
        }
    }
}
