import GuestCustomization

/// A report as JSON, format `customization-history/report/1`: a contract with scripts, its keys fixed and in this order.
///
/// Times are RFC 3339 in UTC with milliseconds, durations are in seconds, a figure that does not exist is `null`.
public struct JSONRenderer: Sendable {
    public init() {}

    /// The whole document, with a line break at its end.
    public func render(_ report: Report) -> String {
        var json = JSONWriter()
        json.object { json in
            json.field("format", "customization-history/report/1")
            json.field("generated_at", report.generatedAt.rfc3339)
            json.field("window") { json in
                json.field("since", report.window.since.rfc3339)
                json.field("until", report.window.until.rfc3339)
            }
            json.field("summary") { json in
                json.field("virtual_machines", report.virtualMachines.count)
                json.fields(of: report.summary)
            }
            json.field("virtual_machines", array: report.virtualMachines) { json, vm in json.fields(of: vm) }
            json.field("errors", array: report.errors) { json, group in json.fields(of: group) }
            json.field("coverage") { json in json.fields(of: report.coverage) }
        }
        return json.text + "\n"
    }
}

extension JSONWriter {
    fileprivate mutating func fields(of figures: CustomizationFigures) {
        field("customizations", figures.customizations)
        field("succeeded", figures.succeeded)
        field("failed", figures.failed)
        field("running", figures.running)
        field("pending", figures.pending)
        field("stuck", figures.stuck)
        field("lost", figures.lost)
        field("other", figures.other)
        field("failure_rate", figures.failureRate)
        field("clock_faults", figures.clockFaults)
        guard let durations = figures.durations else { return field("duration_seconds", nil as String?) }
        field("duration_seconds") { json in
            json.field("count", durations.count)
            json.field("min", durations.minimum.toMicroseconds)
            json.field("mean", durations.mean.toMicroseconds)
            json.field("p50", durations.p50.toMicroseconds)
            json.field("p90", durations.p90.toMicroseconds)
            json.field("p95", durations.p95.toMicroseconds)
            json.field("p99", durations.p99.toMicroseconds)
            json.field("max", durations.maximum.toMicroseconds)
        }
    }

    fileprivate mutating func fields(of vm: VirtualMachineReport) {
        field("vcenter", vm.vCenter)
        field("vm", vm.vm)
        field("name", vm.name)
        fields(of: vm.figures)
        field("latest_status", vm.latestStatus.rawValue)
        guard let error = vm.latestError else { return field("latest_error", nil as String?) }
        field("latest_error") { json in
            json.field("id", error.id)
            json.field("message", error.message)
            json.field("failed_at", error.failedAt.rfc3339)
            json.field("recovered_at", error.recoveredAt?.rfc3339)
        }
    }

    fileprivate mutating func fields(of group: ErrorGroup) {
        field("id", group.id)
        field("message", group.message)
        field("count", group.count)
        field("virtual_machines", group.virtualMachines)
        field("first", group.first.rfc3339)
        field("last", group.last.rfc3339)
    }

    fileprivate mutating func fields(of coverage: ReportCoverage) {
        field("runs", coverage.runs)
        field("complete", coverage.complete)
        field("partial", coverage.partial)
        field("failed", coverage.failed)
        field("interrupted", coverage.interrupted)
        field("longest_gap_seconds", coverage.longestGapSeconds?.toMicroseconds)
        field("virtual_machines_without_data", coverage.virtualMachinesWithoutData)
    }
}

extension Double {
    /// Seconds without the digits that come from binary fractions only: the inputs are whole milliseconds.
    fileprivate var toMicroseconds: Double { (self * 1_000_000).rounded() / 1_000_000 }
}
