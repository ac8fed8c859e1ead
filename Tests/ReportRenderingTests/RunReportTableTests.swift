import GuestCustomization
import ReportRendering
import TestSupport
import Testing

@Suite struct RunReportTableTests {
    private func run(
        _ id: Int64, _ outcome: CollectionRunOutcome, start: Double, took seconds: Double?, vms: Int = 50,
        polls: Int = 50,
        failed: Int = 0, why: PollFailure? = nil, failure: String? = nil, gap: Double? = 3600, vCenter: String = "vc-a",
        endpoint: Endpoint = .customizationLive
    ) -> RecordedRun {
        RecordedRun(
            id: CollectionRunID(rawValue: id), vCenter: vCenter, endpoint: endpoint, startedAt: at(start),
            listedAt: at(start + 0.5), finishedAt: seconds.map { at(start + $0) }, outcome: outcome, failure: failure,
            virtualMachines: vms, polls: polls, failedPolls: failed, commonestFailure: why, secondsSinceGoodRun: gap,
            toolVersion: "1.2.3")
    }

    private func report(_ runs: [RecordedRun], older: Int = 0, coverage: ReportCoverage) -> RunReport {
        RunReport(
            window: ReportWindow(since: at(0), until: at(604_800)), generatedAt: at(604_800), runs: runs,
            olderRuns: older, coverage: coverage)
    }

    private let busy = PollFailure(
        result: .unavailable, httpStatus: 503, errorID: "x", message: "A service\nis \u{1B}[2Jdown", count: 2)

    @Test func `runs of all kinds fit 100 columns`() {
        let text = RunReportTable(TableFormat(timeZone: berlin)).render(
            report(
                [
                    run(5, .running, start: 604_000, took: nil, polls: 12),
                    run(4, .complete, start: 600_000, took: 2.5),
                    run(3, .failed, start: 590_000, took: 0.5, vms: 0, polls: 0, failure: "login refused", gap: 9000),
                    run(2, .partial, start: 580_000, took: 12, failed: 3, why: busy, endpoint: .customization),
                    run(1, .interrupted, start: 570_000, took: nil, polls: 7, gap: nil, vCenter: "数据中心"),
                ], older: 163,
                coverage: ReportCoverage(
                    runs: 168, complete: 164, partial: 1, failed: 1, interrupted: 1, longestGapSeconds: 7320,
                    lastGoodPollAt: at(604_000))))
        #expect(
            text == """
                Collection runs, 2026-11-16 09:00 to 2026-11-23 09:00 CET (7d)

                  168 runs: 164 complete, 1 partial, 1 failed, 1 interrupted, 1 not ended
                  at most 2h02m without a good poll; last good poll 2026-11-23 08:46

                  RUN  STARTED           OUTCOME      POLLS  TOOK  POLLS/S    GAP  ENDPOINT            VCENTER
                ·   5  2026-11-23 08:46  running      12/50     –        –     1h  customization-live  vc-a
                ✓   4  2026-11-23 07:40  complete        50  2.5s       25     1h  customization-live  vc-a
                ✗   3  2026-11-23 04:53  failed           0  0.5s        –  2h30m  customization-live  vc-a
                  └ login refused
                ~   2  2026-11-23 02:06  partial         50   12s      4.3     1h  customization       vc-a
                  └ 3 without an answer, 2 of them unavailable: A service is [2Jdown
                !   1  2026-11-22 23:20  interrupted   7/50     –        –      –  customization-live  数据中心
                  … and 163 older runs; --limit shows more
                  GAP: since the start of the previous good run, one with a status from at least one VM

                """)
    }

    @Test func `a table without rates fits 80 columns`() {
        let runs = [
            run(12_345, .complete, start: 600_000, took: 3725, vms: 45_000, polls: 45_000),
            run(12_344, .interrupted, start: 590_000, took: 4000, vms: 45_000, polls: 44_999, endpoint: .customization),
        ]
        let coverage = ReportCoverage(runs: 2, complete: 1, interrupted: 1, lastGoodPollAt: at(604_000))
        let text = RunReportTable(TableFormat(width: 80, timeZone: berlin)).render(report(runs, coverage: coverage))
        #expect(
            text.contains(
                """
                    RUN  STARTED           OUTCOME            POLLS  GAP  ENDPOINT
                ✓ 12345  2026-11-23 07:40  complete           45000   1h  customization-live
                ! 12344  2026-11-23 04:53  interrupted  44999/45000   1h  customization

                """))
        let many = RunReportTable(TableFormat(width: 80, timeZone: berlin)).render(
            report(
                runs + [run(3, .complete, start: 0, took: 1, vCenter: "vcsa-of-the-north.example.org")],
                coverage: coverage))
        #expect(many.contains("  RUN  STARTED           OUTCOME            POLLS   TOOK  POLLS/S  GAP\n"))
        #expect(many.contains("\n  └ vcsa-of-the-north.example.org, customization-live\n"))
        #expect(
            (text + many).split(separator: "\n").allSatisfy {
                TerminalText(String($0)).width <= 80 && !$0.contains("…")
            })
    }

    @Test func `a value that all runs share has no column`() {
        let text = RunReportTable(TableFormat(timeZone: berlin)).render(
            report([run(1, .complete, start: 0, took: 3)], coverage: ReportCoverage(runs: 1, complete: 1)))
        #expect(!text.contains("ENDPOINT") && !text.contains("VCENTER"))
        #expect(text.contains("no good poll yet"))
    }

    /// With any history, no line is wider than the terminal and none controls it.
    @Test(arguments: 1...100) func `hostile runs stay on their lines`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let runs = (Int64(1)...5).map { id in
            let why = PollFailure(
                result: .invalid, httpStatus: nil, errorID: nil, message: hostileText(using: &random), count: 1)
            return run(
                id, .partial, start: Double(id), took: .random(in: -5...1e7, using: &random), failed: 1, why: why,
                failure: hostileText(using: &random), vCenter: hostileText(using: &random))
        }
        let width = [160, 100, 80, 60][Int(seed % 4)]
        let text = RunReportTable(TableFormat(width: width, timeZone: berlin)).render(
            report(runs, coverage: ReportCoverage(runs: 5, partial: 5)))
        for line in text.split(separator: "\n") {
            let shown = TerminalText(String(line))
            #expect(shown.string == line && shown.width <= width)
        }
    }
}
