import GuestCustomization

/// A report as JSON, format `customization-history/report/1`. Scripts rely on it: its keys and their order are fixed.
///
/// Times are RFC 3339 in UTC with milliseconds, durations are in seconds, a missing figure is `null`.
/// `ReportSchema.text` is its JSON Schema.
package struct JSONRenderer: Sendable {
    /// The array that `limit` truncates.
    package var breakdown: ReportBreakdown
    /// Maximum number of rows; `nil`: all.
    package var limit: Int?

    package init(by breakdown: ReportBreakdown = .vm, limit: Int? = nil) {
        self.breakdown = breakdown
        self.limit = limit
    }

    /// The whole document, ending with a line break.
    package func render(_ report: Report) -> String { pieces(of: report).joined() }

    /// The same document in consecutive pieces: with many VMs it is tens of MiB, which should not be in memory twice.
    package func pieces(of report: Report) -> [String] {
        var json = JSONWriter()
        json.object { json in
            json.head("report", generatedAt: report.generatedAt)
            json.fields(of: report.window)
            json.field("summary") { json in
                json.field("virtual_machines", report.virtualMachines.count)
                json.fields(of: report.summary)
                json.interval(of: report.summary)
                json.field("from_events", report.toldByEvents)
            }
            json.field("virtual_machines", array: limited(report.listedVirtualMachines, .vm)) { $0.fields(of: $1) }
            json.field("errors", array: limited(report.listedErrors, .error)) { $0.fields(of: $1) }
            json.field("coverage") { $0.fields(of: report.coverage) }
            json.field("time_zone", report.timeZone.identifier)
            json.field("filter") { json in
                json.field("vm", strings: report.filter.vms)
                json.field("vcenter", strings: report.filter.vCenters)
                json.field("endpoint", strings: report.filter.endpoints.map(\.rawValue))
                json.field("only", strings: report.filter.conditions.map(\.rawValue))
                json.field("error", report.filter.error)
                for attribute in VirtualMachineAttribute.filtered {
                    json.field(attribute.jsonName, strings: report.filter.attributes[attribute] ?? [])
                }
            }
            json.field("stuck_after_seconds", report.stuckAfterSeconds)
            json.field("by_day", array: limitedDays(of: report)) { $0.fields(of: $1) }
            json.field("by_vcenter", array: limited(report.vCenters, .vCenter)) { $0.fields(of: $1) }
            json.field("by_cause", array: limited(report.listedCauses, .cause)) { $0.fields(of: $1) }
            json.fields(of: report.comparison, to: report.summary)
            json.attributes(
                report.attributes, values: { breakdown.attribute == nil ? $0 : Array($0.prefix(limit ?? .max)) },
                suspects: { limited($0, .suspect) })
        }
        return json.pieces
    }

    private func limitedDays(of report: Report) -> [DayReport] {
        breakdown == .day ? Array(report.days.newest(limit ?? .max)) : report.days
    }

    private func limited<Row>(_ rows: [Row], _ breakdown: ReportBreakdown) -> [Row] {
        breakdown == self.breakdown ? Array(rows.prefix(limit ?? .max)) : rows
    }
}

extension JSONWriter {
    mutating func fields(of figures: CustomizationFigures) {
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
            json.field("min", durations.minimum.toMillionths)
            json.field("mean", durations.mean.toMillionths)
            json.field("p50", durations.p50.toMillionths)
            json.field("p90", durations.p90.toMillionths)
            json.field("p95", durations.p95.toMillionths)
            json.field("p99", durations.p99.toMillionths)
            json.field("max", durations.maximum.toMillionths)
        }
    }

    mutating func interval(of figures: CustomizationFigures) {
        guard let interval = figures.failureRateInterval else {
            return field("failure_rate_interval", nil as String?)
        }
        field("failure_rate_interval") { json in
            json.field("lower", interval.lower.toMillionths)
            json.field("upper", interval.upper.toMillionths)
        }
    }

    fileprivate mutating func fields(of day: DayReport) {
        field("day", day.date)
        field("since", day.since.rfc3339)
        field("until", day.until.rfc3339)
        field("good_runs", day.goodRuns)
        field("is_before_first_run", day.isBeforeFirstRun)
        fields(of: day.figures)
        interval(of: day.figures)
    }

    fileprivate mutating func fields(of vCenter: VCenterReport) {
        field("vcenter", vCenter.name)
        field("virtual_machines", vCenter.virtualMachines)
        field("good_runs", vCenter.goodRuns)
        fields(of: vCenter.figures)
        interval(of: vCenter.figures)
    }

    fileprivate mutating func fields(of comparison: ReportComparison?, to summary: CustomizationFigures) {
        guard let comparison else { return field("compare", nil as String?) }
        field("compare") { json in
            json.field("window") { json in
                json.field("since", comparison.window.since.rfc3339)
                json.field("until", comparison.window.until.rfc3339)
            }
            json.field("summary") { json in
                json.field("virtual_machines", comparison.virtualMachines)
                json.fields(of: comparison.summary)
                json.interval(of: comparison.summary)
            }
            json.field("coverage") { $0.fields(of: comparison.coverage) }
            guard let change = RateChange(from: comparison.summary, to: summary) else {
                return json.field("failure_rate_change", nil as String?)
            }
            json.field("failure_rate_change") { json in
                json.field("difference", change.difference.toMillionths)
                json.field("lower", change.lower.toMillionths)
                json.field("upper", change.upper.toMillionths)
                json.field("verdict", change.verdict.rawValue)
            }
        }
    }

    fileprivate mutating func fields(of vm: VirtualMachineReport) {
        field("vcenter", vm.vCenter)
        field("vm", vm.vm)
        field("instance_uuid", vm.instanceUUID)
        field("name", vm.name)
        field("condition", vm.condition.word)
        field("is_listed", vm.isListed)
        fields(of: vm.figures)
        field("latest_status", vm.latestStatus.rawValue)
        field("latest_error", vm.latestError)
        interval(of: vm.figures)
        if let error = vm.matchedError { field("matched_error", error) }
    }

    private mutating func field(_ name: String, _ error: LatestError?) {
        guard let error else { return field(name, nil as String?) }
        field(name) { json in
            json.field("id", error.id)
            json.field("message", error.message)
            json.field("failed_at", error.failedAt.rfc3339)
            json.field("recovered_at", error.recoveredAt?.rfc3339)
        }
    }

    fileprivate mutating func fields(of group: CauseGroup) {
        field("cause", group.cause?.name)
        field("explanation", group.cause?.explanation)
        field("count", group.count)
        field("virtual_machines", group.virtualMachines)
        field("errors", group.errors.count)
        field("first", group.first.rfc3339)
        field("last", group.last.rfc3339)
    }

    fileprivate mutating func fields(of group: ErrorGroup) {
        field("id", group.id)
        field("message", group.message)
        field("latest_message", group.latestMessage)
        field("count", group.count)
        field("virtual_machines", group.virtualMachines)
        field("first", group.first.rfc3339)
        field("last", group.last.rfc3339)
        field("cause", group.cause)
    }

    fileprivate mutating func fields(of coverage: ReportCoverage) {
        runCounts(of: coverage)
        field("longest_gap_seconds", coverage.longestGapSeconds?.toMillionths)
        field("virtual_machines_without_data", coverage.virtualMachinesWithoutData)
        field("customizations_ended_later", coverage.endedLater)
        field("last_good_poll_at", coverage.lastGoodPollAt?.rfc3339)
        watching(of: coverage)
    }
}
