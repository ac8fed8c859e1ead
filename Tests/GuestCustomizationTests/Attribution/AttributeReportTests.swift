import GuestCustomization
import TestSupport
import Testing

@Suite struct AttributeReportTests {
    private static let window = ReportWindow(
        since: Timestamp(unixMilliseconds: 0), until: Timestamp(unixMilliseconds: 1_000_000))

    /// Customizations of VMs on hosts: on `esx-bad` most fail.
    private struct Recorded: ReportSource {
        var isKnown = true

        func host(_ index: Int) -> String? { index % 10 == 9 ? nil : index % 10 == 0 ? "esx-bad" : "esx-\(index % 3)" }
        func outcome(_ index: Int) -> CustomizationOutcome {
            if index % 40 == 7 { return .running }
            return index % 10 == 0 && index % 30 != 0 || index % 25 == 1 ? .failed : .succeeded
        }

        func attributes(matching filter: ReportFilter, since: Timestamp) -> AttributeHistory {
            var history = AttributeHistory()
            for index in 0..<300 where isKnown {
                var values = AttributeValues()
                values[.host] = host(index).map { history.number(of: $0) }
                history.add(
                    values, of: VirtualMachineRow(rawValue: Int64(index + 1)), since: Timestamp(unixMilliseconds: 500))
            }
            return history
        }

        func addCustomizations(
            since: Timestamp, matching filter: ReportFilter, to tally: inout some CustomizationTally
        ) {
            for index in 0..<300 {
                let vm = CustomizedVM(
                    vCenter: "vc", id: "vm-\(index)", name: "vm-\(index)", number: index,
                    row: VirtualMachineRow(rawValue: Int64(index + 1)))
                let (start, end) = (Timestamp(unixMilliseconds: 1000), Timestamp(unixMilliseconds: 1000 * Int64(index + 2)))
                if outcome(index) == .succeeded {
                    tally.addSuccess(of: vm, endpoint: .customization, at: end, durationSeconds: Double(index + 1))
                } else {
                    tally.add(
                        Customization(
                            of: vm, endpoint: .customization, outcome: outcome(index), status: .failed, startTime: start,
                            endTime: outcome(index) == .failed ? end : nil, endFirstPolledAt: end, firstPolledAt: end,
                            lastPolledAt: end, polls: 1, errorID: nil, errorMessage: "no"))
                }
            }
        }

        func forEachGoodRun(
            in window: ReportWindow, matching filter: ReportFilter, _ body: (String, Timestamp) throws -> Void
        ) {}
        func atOneInstant<Value>(_ body: () throws -> Value) rethrows -> Value { try body() }
        func coverage(of window: ReportWindow, matching filter: ReportFilter, now: Timestamp) -> ReportCoverage {
            ReportCoverage(runs: 1)
        }
    }

    private func report(
        _ source: Recorded, _ filter: ReportFilter = ReportFilter(), asking question: Report.AttributeQuestion?
    ) throws -> Report {
        try Report(
            of: source, window: Self.window, matching: filter, asking: question, generatedAt: Self.window.until)
    }

    @Test func `the values of an attribute add up to the whole, and the unknown one is last`() throws {
        let report = try report(Recorded(), asking: .values(of: .host))
        let attributes = try #require(report.attributes)
        #expect(attributes.values.map(\.value) == ["esx-bad", "esx-1", "esx-0", "esx-2", nil])
        #expect(attributes.values.map(\.figures.customizations).reduce(0, +) == report.summary.customizations)
        #expect(attributes.values.map(\.figures.failed).reduce(0, +) == report.summary.failed)
        #expect(attributes.values.map(\.virtualMachines).reduce(0, +) == 300)
        #expect(attributes.values[0].figures.failed == 20 && attributes.values[0].figures.finished == 30)
        #expect(attributes.values[0].figures.durations?.maximum == 291)
        #expect(attributes.finished == report.summary.finished)
        #expect(attributes.attributed == attributes.finished - (attributes.values.last?.figures.finished ?? 0))
    }

    @Test func `the host on which most fail is the only suspect`() throws {
        let suspects = try #require(try report(Recorded(), asking: .suspects).attributes)
        #expect(suspects.suspects.map(\.value) == ["esx-bad"])
        #expect(suspects.suspects[0].here == FisherExactTest.Counts(failed: 20, finished: 30))
        #expect(suspects.tested == 4)
        #expect(suspects.values.isEmpty)
    }

    @Test func `without attributes nothing is attributed, nothing tested and nothing suspect`() throws {
        let attributes = try #require(try report(Recorded(isKnown: false), asking: .suspects).attributes)
        #expect(attributes.attributed == 0 && attributes.finished > 0)
        #expect(attributes.tested == 0 && attributes.suspects.isEmpty)
        #expect(try report(Recorded(), asking: nil).attributes == nil)
    }

    @Test func `a filter lets only VMs through that are known to match, in every figure`() throws {
        var filter = ReportFilter()
        filter.attributes = [.host: ["esx-b*", "esx-2"]]
        let filtered = try report(Recorded(), filter, asking: .values(of: .host))
        #expect(filtered.attributes?.values.map(\.value) == ["esx-bad", "esx-2"])
        #expect(filtered.summary.customizations == filtered.attributes?.values.reduce(0) { $0 + $1.figures.customizations })
        filter.attributes[.cluster] = ["*"]
        #expect(try report(Recorded(), filter, asking: nil).summary.customizations == 0)
    }
}
