import GuestCustomization

// The fields that several documents have.

extension JSONWriter {
    /// The beginning of every document.
    ///
    /// - Parameter document: Its name in `format`.
    mutating func head(_ document: String, generatedAt: Timestamp) {
        field("format", "customization-history/\(document)/1")
        field("generated_at", generatedAt.rfc3339)
    }

    /// The window that a document covers.
    mutating func fields(of window: ReportWindow) {
        field("window") { json in
            json.field("since", window.since.rfc3339)
            json.field("until", window.until.rfc3339)
        }
    }

    /// A probable cause with what to check, or `null`.
    mutating func field(_ name: String, _ cause: FailureCause?) {
        guard let cause else { return field(name, nil as String?) }
        field(name) { json in
            json.field("name", cause.name)
            json.field("explanation", cause.explanation)
            json.field("checks", strings: cause.checks)
            json.field("logs", array: cause.logs) { json, log in
                json.field("system", log.system.rawValue)
                json.field("path", log.path)
                json.field("tells", log.shows)
            }
        }
    }

    /// How many collection runs there were, and how they ended.
    mutating func runCounts(of coverage: ReportCoverage) {
        field("runs", coverage.runs)
        field("complete", coverage.complete)
        field("partial", coverage.partial)
        field("failed", coverage.failed)
        field("interrupted", coverage.interrupted)
    }

    /// Gaps in polling, for a report and for the collection runs.
    mutating func watching(of coverage: ReportCoverage) {
        field("not_watched_seconds", coverage.unwatchedSeconds.toMillionths)
        field("runs_stamped_later", coverage.runsStampedLater)
        field("polls_pruned_before", coverage.pruned?.before.rfc3339)
        field("watch", array: coverage.vCenters) { json, record in
            json.field("vcenter", record.vCenter)
            json.field("runs", record.runs)
            json.field("first_good_run_at", record.firstGoodRunAt?.rfc3339)
            json.field("last_good_run_at", record.lastGoodRunAt?.rfc3339)
            json.field("longest_gap_seconds", record.longestGapSeconds.toMillionths)
            json.field("not_watched_seconds", record.unwatchedSeconds.toMillionths)
            json.field("gaps", array: record.gaps) { json, gap in
                json.field("since", gap.since.rfc3339)
                json.field("until", gap.until == record.knownUntil ? nil : gap.until.rfc3339)
                json.field("seconds", gap.seconds.toMillionths)
            }
        }
    }
}
