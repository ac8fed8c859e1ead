import Foundation
import GuestCustomization
import TestSupport

let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

func customization(
    _ outcome: CustomizationOutcome, end: Double, took seconds: Double = 30, vCenter: String = "vc-a", vm: String,
    name: String? = nil, isListed: Bool = true, errorID: String? = nil, error: String? = nil
) -> Customization {
    let statuses: [CustomizationOutcome: CustomizationStatus] = [
        .succeeded: .succeeded, .failed: .failed, .running: .running, .pending: .pending, .lost: .running,
        .other: CustomizationStatus(rawValue: "HIBERNATED"),
    ]
    return Customization(
        of: CustomizedVM(vCenter: vCenter, id: vm, name: name ?? vm, isListed: isListed), endpoint: .customizationLive,
        outcome: outcome,
        status: statuses[outcome] ?? .running, startTime: at(end - seconds),
        endTime: outcome.isFinished ? at(end) : nil,
        endFirstPolledAt: nil, firstPolledAt: at(end - seconds + 1), lastPolledAt: at(end), polls: 3, errorID: errorID,
        errorMessage: error)
}

/// A report on seven days.
func report(_ customizations: [Customization], coverage: ReportCoverage = ReportCoverage()) -> Report {
    let week = ReportWindow(since: at(0), until: at(604_800))
    var builder = ReportBuilder(window: week, timeZone: berlin)
    for customization in customizations { builder.add(customization) }
    return builder.build(coverage: coverage, generatedAt: week.until)
}

/// A week with every kind of event.
let eventfulWeek = report(
    [
        customization(.succeeded, end: 40_000, took: 41.25, vm: "vm-1", name: "web-01"),
        customization(.succeeded, end: 126_400, took: 38.75, vm: "vm-1", name: "web-01"),
        customization(.succeeded, end: 50_000, took: 45, vm: "vm-2", name: "db-01"),
        customization(
            .failed, end: 590_000, took: 192.4, vm: "vm-2", name: "db-01", errorID: "com.vmware.customization.noexec",
            error: "Customization script exited with 32256: /tmp is mounted noexec"),
        customization(
            .failed, end: 90_000, took: 12, vm: "vm-3", name: "数据库-北京",
            error: "NicSettingMismatch: 2 adapters in the specification, 1 in the guest"),
        customization(.succeeded, end: 92_220, took: 33, vm: "vm-3", name: "数据库-北京"),
        customization(.running, end: 604_000, took: 90_000, vm: "vm-4", name: "batch-07"),
        customization(.pending, end: 604_000, took: 60, vm: "vm-5", name: "batch-08"),
        customization(.lost, end: 300_000, vm: "vm-6", name: "batch-09"),
        customization(.failed, end: 300_000, took: -3, vm: "vm-7", name: "batch-10"),
    ],
    coverage: ReportCoverage(
        runs: 168, complete: 164, partial: 2, failed: 1, interrupted: 1, longestGapSeconds: 7320,
        lastGoodPollAt: at(604_000), virtualMachinesWithoutData: 2))

/// The only VM of a history: it failed for an unknown cause and for a known one, then succeeded.
let oneVMReport = report(
    [
        customization(
            .failed, end: 90_000, took: 61.5, vm: "vm-42", name: "web-01", errorID: "com.example.moon",
            error: "The moon is in the wrong phase"),
        customization(
            .failed, end: 180_000, took: 12.25, vm: "vm-42", name: "web-01",
            error: "/usr/bin/perl: not found (exit status 127)"),
        customization(.succeeded, end: 187_200, took: 47, vm: "vm-42", name: "web-01"),
    ],
    coverage: ReportCoverage(
        runs: 168, complete: 168, longestGapSeconds: 3600, lastGoodPollAt: at(604_000)))

/// VMs whose customizations have not finished: there is no rate and no duration.
let noneFinishedReport = report(
    [
        customization(.running, end: 604_000, took: 90_000, vm: "vm-1", name: "web-01"),
        customization(.pending, end: 604_000, took: 60, vm: "vm-2", name: "web-02"),
        customization(.lost, end: 300_000, vm: "vm-3", name: "web-03"),
        customization(.other, end: 300_000, vm: "vm-4", name: "web-04"),
    ],
    coverage: ReportCoverage(
        runs: 168, complete: 168, longestGapSeconds: 3600, lastGoodPollAt: at(604_000)))

/// What VMs are, in a report: some failed, on one host most.
func attributes(by attribute: VirtualMachineAttribute?) -> AttributeReport {
    func figures(_ failed: Int, of finished: Int) -> CustomizationFigures {
        var figures = CustomizationFigures()
        (figures.failed, figures.succeeded) = (failed, finished - failed)
        figures.durations = DurationStatistics((0..<finished).map { Double(30 + $0) })
        return figures
    }
    let counts = [
        ("esx-07", 9, 11), ("esx-01 <b>|`evil`", 6, 100), ("=cmd()", 5, 109), ("esx-03\u{1B}[31m", 3, 103), (nil, 1, 4),
    ]
    var search = SuspectSearch()
    for case let (value?, failed, finished) in counts {
        search.add(.host, value, FisherExactTest.Counts(failed: failed, finished: finished))
    }
    search.add(.folder, "", FisherExactTest.Counts(failed: 20, finished: 40))
    search.add(.folder, "Production/Web", FisherExactTest.Counts(failed: 4, finished: 287))
    return AttributeReport(
        attribute: attribute,
        values: counts.map {
            AttributeValueReport(value: $0.0, virtualMachines: $0.2 / 2, figures: figures($0.1, of: $0.2))
        }, finished: 327, attributed: 323, tested: search.tested, suspects: search.suspects())
}

/// A report on what VMs are.
let attributesReport: Report = {
    var report = eventfulWeek
    report.attributes = attributes(by: .host)
    report.filter.attributes = [.cluster: ["prod-*"], .template: ["golden <i>"]]
    return report
}()

/// A report on what VMs are of which nothing is known.
let unattributedReport: Report = {
    var report = eventfulWeek
    report.attributes = AttributeReport(finished: 6, attributed: 0, tested: 0, suspects: [])
    return report
}()

/// As many VMs as a vCenter has at most, 45,000 in vSphere 8: each was customized once or twice, and a few failed.
let manyVMsReport: Report = {
    let causes = ["VMware Tools is not running in 'vm'.", "/tmp is mounted noexec", "The moon is in the wrong phase"]
    let customizations = (0..<45_000).flatMap { number in
        let (vm, name) = ("vm-\(number)", "estate-\(number % 90)-\(number)")
        let end = Double(number * 12 + 100)
        let first = customization(.succeeded, end: end, took: Double(20 + number % 600), vm: vm, name: name)
        if number % 3000 == 7 {
            return [
                first,
                customization(.failed, end: end + 3600, took: 9, vm: vm, name: name, error: causes[number / 3000 % 3]),
            ]
        }
        if number == 20_000 { return [customization(.running, end: end, took: 7200, vm: vm, name: name)] }
        return [first]
    }
    return report(
        customizations,
        coverage: ReportCoverage(
            runs: 1008, complete: 1007, partial: 1, longestGapSeconds: 1260, lastGoodPollAt: at(604_000),
            virtualMachinesWithoutData: 3))
}()
