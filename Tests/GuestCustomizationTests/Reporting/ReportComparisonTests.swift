import GuestCustomization
import TestSupport
import Testing

@Suite struct ReportComparisonTests {
    private func figures(failed: Int, of finished: Int) -> CustomizationFigures {
        var figures = CustomizationFigures()
        figures.failed = failed
        figures.succeeded = finished - failed
        return figures
    }

    /// The worked examples of Newcombe's paper (1998), table II, method 10.
    @Test(arguments: [
        (48, 80, 56, 70, 0.2, 0.0524, 0.3339), (3, 10, 9, 10, 0.6, 0.1705, 0.8090),
        (2, 7, 6, 7, 0.5714, 0.0582, 0.8062),
        (0, 20, 0, 10, 0, -0.1611, 0.2775),
    ])
    func `the difference of two rates has Newcombe's interval`(
        earlier: Int, of: Int, later: Int, ofLater: Int, difference: Double, lower: Double, upper: Double
    ) throws {
        let change = try #require(
            RateChange(from: figures(failed: earlier, of: of), to: figures(failed: later, of: ofLater)))
        #expect(abs(change.difference - difference) < 0.00005)
        #expect(abs(change.lower - lower) < 0.00005)
        #expect(abs(change.upper - upper) < 0.00005)
    }

    @Test func `a change is reported only if chance does not explain it`() {
        #expect(RateChange(from: figures(failed: 1, of: 10), to: figures(failed: 3, of: 10))?.verdict == .unclear)
        #expect(
            RateChange(from: figures(failed: 100, of: 1000), to: figures(failed: 300, of: 1000))?.verdict == .higher)
        #expect(RateChange(from: figures(failed: 300, of: 1000), to: figures(failed: 100, of: 1000))?.verdict == .lower)
        #expect(RateChange(from: figures(failed: 0, of: 0), to: figures(failed: 1, of: 1)) == nil)
    }

    @Test func `the previous window has the same length and ends where the other begins`() throws {
        let source = Recorded(customizations: [
            customization(.failed, end: 99), customization(.succeeded, end: 100), customization(.failed, end: 199.999),
            customization(.succeeded, end: 200), customization(.succeeded, end: 250, vm: "vm-2"),
            customization(.failed, end: 300, vm: "vm-2"),
        ])
        let report = try Report(
            of: source, window: ReportWindow(since: at(200), until: at(300)), comparing: true, generatedAt: at(300))
        let before = try #require(report.comparison)
        #expect(before.window == ReportWindow(since: at(100), until: at(200)))
        #expect((before.summary.succeeded, before.summary.failed, before.virtualMachines) == (1, 1, 1))
        #expect((report.summary.succeeded, report.summary.failed) == (2, 0))
        #expect(before.coverage.runs == 7)
        #expect(
            try Report(of: source, window: ReportWindow(since: at(200), until: at(300)), generatedAt: at(300))
                .comparison
                == nil)
    }

    private struct Recorded: ReportSource {
        var customizations: [Customization]

        func addCustomizations(
            since: Timestamp, matching filter: ReportFilter, to tally: inout some CustomizationTally
        ) {
            for customization in customizations where customization.windowInstant >= since { tally.add(customization) }
        }

        func forEachGoodRun(
            in window: ReportWindow, matching filter: ReportFilter, _ body: (String, Timestamp) throws -> Void
        ) {}

        func attributes(matching filter: ReportFilter, since: Timestamp) -> AttributeHistory { AttributeHistory() }

        func atOneInstant<Value>(_ body: () throws -> Value) rethrows -> Value { try body() }

        func coverage(of window: ReportWindow, matching filter: ReportFilter, now: Timestamp) -> ReportCoverage {
            ReportCoverage(runs: window.since == at(100) ? 7 : 0)
        }
    }
}
