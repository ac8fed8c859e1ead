import GuestCustomization
import ReportRendering
import TestSupport
import Testing

@Suite struct VirtualMachineHistoryTableTests {
    private func history(
        _ customizations: [Customization], names: [String] = ["web-01"], polls: [RecordedPoll] = [], earlier: Int = 0,
        vCenter: String = "vc-a"
    ) -> VirtualMachineHistory {
        VirtualMachineHistory(
            machine: KnownVirtualMachine(
                vCenter: vCenter, vm: "vm-1", name: names.last ?? "", instanceUUID: "5028-1"),
            names: names.enumerated().map { .init($0.element, firstSeenAt: at(Double($0.offset) * 86_400)) },
            latestPolls: polls, customizations: customizations, earlierCustomizations: earlier)
    }

    private func poll(_ result: Answer.Result, _ status: CustomizationStatus?, _ message: String?) -> RecordedPoll {
        RecordedPoll(
            run: CollectionRunID(rawValue: 7), answer: RecordedPoll.AnswerID(rawValue: 9),
            endpoint: status == nil ? .customization : .customizationLive, polledAt: at(600_000), result: result,
            httpStatus: status == nil ? 503 : 200, status: status, startTime: nil, endTime: nil, errorID: nil,
            errorMessage: message, isAnswer: status != nil)
    }

    @Test func `a history with every kind of event is rendered`() {
        let text = VirtualMachineHistoryTable(TableFormat(timeZone: berlin)).render(
            history(
                [
                    customization(.succeeded, end: 1000, took: 41.25, vm: "vm-1"),
                    customization(.failed, end: 2000, took: 60, vm: "vm-1", error: "/tmp is mounted noexec"),
                    customization(.failed, end: 3000, took: -3, vm: "vm-1", errorID: "com.vmware.new"),
                    customization(.failed, end: 4000, vm: "vm-1"),
                    customization(.lost, end: 5000, vm: "vm-1"),
                    customization(.running, end: 600_000, took: 9000, vm: "vm-1"),
                ], names: ["old", "web-01"],
                polls: [poll(.reported, .running, nil), poll(.unavailable, nil, "Busy.")], earlier: 3),
            generatedAt: at(604_800))
        #expect(
            text == """
                web-01 (vm-1) in vc-a, times in CET

                  instance UUID  5028-1
                  names          2026-11-16 09:00  old
                                 2026-11-17 09:00  web-01
                  endpoint       customization-live
                  latest polls   2026-11-23 07:40  customization-live: RUNNING
                                 2026-11-23 07:40  customization: no answer (unavailable): HTTP 503, Busy.

                  BEGAN             ENDED              TOOK  POLLS  OUTCOME
                  … after 3 earlier customizations; --limit shows more
                ✓ 2026-11-16 09:15  2026-11-16 09:16  41.3s      3  succeeded
                ✗ 2026-11-16 09:32  2026-11-16 09:33     1m      3  failed
                  └ /tmp is mounted noexec
                  └ probable cause script-not-executable: The customization is unpacked to a directory that is
                    mounted noexec, so its scripts cannot run (exit status 32256 is a shell's 126).
                ✗ 2026-11-16 09:50  2026-11-16 09:50      –      3  failed
                  └ com.vmware.new
                  └ unknown: no cause is known for this error
                  └ clock fault: by the vCenter's clock it ended 3s before it began
                ✗ 2026-11-16 10:06  2026-11-16 10:06    30s      3  failed
                  └ vCenter gave no error message
                  └ probable cause no-error: vCenter reported that the customization failed but gave no error
                    message: only the guest knows the reason.
                ? 2026-11-16 10:22  –                     –      3  lost
                  └ last seen 2026-11-16 10:23, RUNNING
                · 2026-11-23 05:10  –                     –      3  running
                  └ last seen 2026-11-23 07:40, RUNNING

                """)
    }

    @Test func `an endpoint that all customizations share has no column`() {
        let customizations = [
            customization(.succeeded, end: 1000, vm: "vm-1"), customization(.succeeded, end: 2000, vm: "vm-1"),
        ]
        func text(_ customizations: [Customization]) -> String {
            VirtualMachineHistoryTable(TableFormat(timeZone: berlin)).render(
                history(customizations), generatedAt: at(0))
        }
        #expect(text(customizations).contains("\n  endpoint       customization-live\n"))
        #expect(!text(customizations).contains("ENDPOINT"))
        var other = customizations
        other[1].endpoint = .customization
        #expect(text(other).contains("OUTCOME    ENDPOINT\n") && !text(other).contains("\n  endpoint "))
    }

    @Test func `a VM that was never customized says so`() {
        let text = VirtualMachineHistoryTable(TableFormat(timeZone: berlin)).render(history([]), generatedAt: at(0))
        #expect(text.contains("never polled") && text.contains("No customization of this VM was ever seen."))
    }

    /// With any history, no line is wider than the terminal and none controls it.
    @Test(arguments: 1...100) func `hostile texts stay on their lines`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let failed = (1...3).map {
            customization(
                .failed, end: Double($0) * 100, vm: "vm-1", errorID: hostileText(using: &random),
                error: hostileText(using: &random) + String(repeating: "x", count: 3000))
        }
        let width = [160, 100, 80, 60][Int(seed % 4)]
        let text = VirtualMachineHistoryTable(TableFormat(width: width, timeZone: berlin)).render(
            history(
                failed, names: [hostileText(using: &random), hostileText(using: &random)],
                polls: [poll(.unavailable, nil, hostileText(using: &random))], vCenter: hostileText(using: &random)),
            generatedAt: at(0))
        for line in text.split(separator: "\n") {
            let shown = TerminalText(String(line))
            #expect(shown.string == line && shown.width <= width)
        }
    }
}
