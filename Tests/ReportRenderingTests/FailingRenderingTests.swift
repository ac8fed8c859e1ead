import GuestCustomization
import ReportRendering
import TestSupport
import Testing

/// The to-do list in every format, as golden files; see `GoldenTests`.
@Suite struct FailingRenderingTests {
    private static let formats: [(file: String, text: @Sendable (FailingReport) -> String)] = [
        ("failing.txt", { FailingTable(TableFormat(width: 100), program: "history").render($0) }),
        ("narrow.txt", { FailingTable(TableFormat(width: 60), program: "history").render($0) }),
        ("terminal.txt", { FailingTable(TableFormat(width: 120, colors: true), program: "history").render($0) }),
        ("failing.json", { FailingJSON().render($0) }), ("failing.csv", { FailingCSV().render($0) }),
        ("failing.md", { FailingMarkdown().render($0) }),
    ]

    private static let lists: [(folder: String, report: FailingReport)] = [
        ("failing/", failingList), ("failing/stuck-", listing(failingList, stuck: true)),
        (
            "failing/none-",
            FailingReport(generatedAt: at(604_800), timeZone: berlin, virtualMachines: [], lastGoodPollAt: at(604_000))
        ),
        (
            "failing/unknown-",
            FailingReport(
                generatedAt: at(604_800), timeZone: berlin, filter: ReportFilter(vms: ["web-*"], vCenters: ["vc-a"]),
                virtualMachines: [], lastGoodPollAt: at(1), virtualMachinesWithoutData: 2,
                notPolled: [
                    .init(vCenter: "vc-a", since: at(1), wasPolled: true),
                    .init(vCenter: "vc-b", since: at(2), wasPolled: false),
                ])
        ),
    ]

    private static func listing(_ report: FailingReport, stuck: Bool) -> FailingReport {
        var report = report
        report.listsStuck = stuck
        return report
    }

    @Test func `every format equals its golden file`() throws {
        for (folder, report) in Self.lists {
            for (file, text) in Self.formats { try expectGolden(folder + file, text(report)) }
        }
    }

    @Test func `every list conforms to the schema`() throws {
        for (_, report) in Self.lists {
            let faults = try SchemaCheck(FailingJSON.schema).faults(of: FailingJSON().render(report))
            #expect(faults.isEmpty, "\(faults)")
        }
    }
}

/// VMs that fail for known and unknown reasons, with texts that try to escape, and one that is only stuck.
let failingList: FailingReport = {
    var builder = FailingBuilder(stuckAfterSeconds: 3600)
    let hostile = "=cmd|' /C calc'!A0 \u{1B}[31m<script>@everyone [x](http://evil) | `rm`\r\n"
    for customization in [
        customization(.failed, end: 90_000, vm: "vm-1", name: "web-01", error: "/usr/bin/perl: not found"),
        customization(.failed, end: 190_000, vm: "vm-1", name: "web-01", error: "/usr/bin/perl: not found"),
        customization(.running, end: 604_000, took: 90_000, vm: "vm-1", name: "web-01"),
        customization(
            .failed, end: 50_000, vCenter: "vc-b", vm: "vm-7", name: hostile, errorID: hostile, error: hostile),
        customization(.failed, end: 500_000, vm: "vm-2", name: "web-01"),
        customization(.failed, end: 40_000, vm: "vm-3", name: "db-01", error: "x"),
        customization(.succeeded, end: 41_000, vm: "vm-3", name: "db-01"),
        customization(.pending, end: 604_000, took: 7200, vm: "vm-4", name: "batch-07"),
        customization(.failed, end: 40_000, vm: "vm-5", name: "gone-01", isListed: false, error: "x"),
    ] { builder.add(customization) }
    let all = builder.build()
    return FailingReport(
        generatedAt: at(604_800), timeZone: berlin, virtualMachines: all.filter { $0.failures != nil },
        stuckOnly: all.filter { $0.failures == nil }, lastGoodPollAt: at(604_000))
}()
