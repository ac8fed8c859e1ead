import GuestCustomization

/// The collection runs of a window as JSON, format `customization-history/runs/1`. Scripts rely on it: its keys and their order are
/// fixed.
///
/// Times are RFC 3339 in UTC with milliseconds, lengths of time are in seconds, unknown values are `null`.
package struct RunReportJSON: Sendable {
    package init() {}

    /// The whole document, ending with a line break.
    package func render(_ report: RunReport) -> String {
        var json = JSONWriter()
        json.object { json in
            json.head("runs", generatedAt: report.generatedAt)
            json.fields(of: report.window)
            json.field("summary") { json in
                json.runCounts(of: report.coverage)
                json.field("longest_gap_seconds", report.coverage.longestGapSeconds)
                json.field("last_good_poll_at", report.coverage.lastGoodPollAt?.rfc3339)
                json.watching(of: report.coverage)
            }
            json.field("older_runs", report.olderRuns)
            json.field("runs", array: report.runs) { json, run in json.fields(of: run) }
        }
        return json.text
    }
}

extension JSONWriter {
    fileprivate mutating func fields(of run: RecordedRun) {
        field("run_id", Int(run.id.rawValue))
        field("vcenter", run.vCenter)
        field("endpoint", run.endpoint.rawValue)
        field("started_at", run.startedAt.rfc3339)
        field("finished_at", run.finishedAt?.rfc3339)
        field("outcome", run.outcome.rawValue)
        field("failure", run.failure)
        field("vms", run.virtualMachines)
        field("polls", run.polls)
        field("failed_polls", run.failedPolls)
        field("events", run.events)
        field("duration_seconds", run.durationSeconds)
        field("polls_per_second", run.pollsPerSecond.map { ($0 * 1000).rounded() / 1000 })
        field("seconds_since_good_run", run.secondsSinceGoodRun)
        field("clock_offset_seconds", run.clockOffsetSeconds)
        field("clock_step_seconds", run.clockStep?.seconds)
        field("tool_version", run.toolVersion)
        guard let commonest = run.commonestFailure else { return field("commonest_failure", nil as String?) }
        field("commonest_failure") { json in
            json.field("result", commonest.result.rawValue)
            json.field("http_status", commonest.httpStatus.map(Double.init))
            json.field("error_id", commonest.errorID)
            json.field("error_message", commonest.message)
            json.field("count", commonest.count)
        }
    }
}
