import Foundation
import GuestCustomization

/// Instants in tests: seconds after Monday, 2026-11-16T08:00:00Z, 09:00 in Berlin.
func at(_ seconds: Double) -> Timestamp {
    Timestamp(unixMilliseconds: 1_794_816_000_000 + Int64((seconds * 1000).rounded()))
}

let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

func customization(
    _ outcome: CustomizationOutcome, end: Double, took seconds: Double = 30, vCenter: String = "vc-a", vm: String,
    name: String? = nil, errorID: String? = nil, error: String? = nil
) -> Customization {
    let statuses: [CustomizationOutcome: CustomizationStatus] = [
        .succeeded: .succeeded, .failed: .failed, .running: .running, .pending: .pending, .lost: .running,
        .other: CustomizationStatus(rawValue: "HIBERNATED"),
    ]
    return Customization(
        of: CustomizedVM(vCenter: vCenter, id: vm, name: name ?? vm), endpoint: .customizationLive, outcome: outcome,
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

/// A week with something of everything.
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
