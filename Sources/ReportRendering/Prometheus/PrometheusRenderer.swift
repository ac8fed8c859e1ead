import GuestCustomization

/// A history's figures in Prometheus' text format 0.0.4.
///
/// A total since the history began, which never decreases, is a counter or a histogram; a figure of a window or of now is a gauge.
/// Files of several histories may be in one directory of node_exporter: each series has a label `vcenter`, or `history` if it belongs
/// to no vCenter, and each family has the same help in all files.
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/, https://prometheus.io/docs/practices/naming/
package struct PrometheusRenderer: Sendable {
    /// Version of the program, for the metric `build_info`.
    package var toolVersion: String
    /// The path of the history, which distinguishes it from others.
    package var history: String

    package init(toolVersion: String, history: String) {
        self.toolVersion = toolVersion
        self.history = history
    }

    /// The whole text, ending with a line break.
    package func render(_ metrics: HistoryMetrics) -> String {
        var text = PrometheusText()
        text.family("build_info", .gauge, "The version of the program that wrote these metrics.") {
            $0.sample([("history", history), ("version", toolVersion)], 1)
        }
        text.family("window_seconds", .gauge, "Length of the window, up to now, that the windowed figures cover.") {
            $0.sample([("history", history)], metrics.window.until.seconds(since: metrics.window.since))
        }
        now(metrics, &text)
        customizations(of: metrics.sources, &text)
        collection(of: metrics.sources, &text)
        return text.text
    }

    private func now(_ metrics: HistoryMetrics, _ text: inout PrometheusText) {
        text.family(
            "virtual_machines_failing", .gauge,
            "Listed VMs whose most recently ended customization failed, as of now."
        ) {
            for vCenter in metrics.vCenters { $0.sample([("vcenter", vCenter.name)], Double(vCenter.failing)) }
        }
        text.family(
            "virtual_machines_failing_by_cause", .gauge, "The same by probable cause of the failure, or unknown."
        ) { family in
            for vCenter in metrics.vCenters {
                for (cause, count) in vCenter.failingByCause.sorted(by: { $0.key < $1.key }) {
                    family.sample([("vcenter", vCenter.name), ("cause", cause)], Double(count))
                }
            }
        }
        text.family(
            "virtual_machines_stuck", .gauge,
            "Listed VMs with a customization that had been running or pending for too long at its latest poll."
        ) {
            for vCenter in metrics.vCenters { $0.sample([("vcenter", vCenter.name)], Double(vCenter.stuck)) }
        }
        text.family(
            "seconds_since_last_good_run", .gauge,
            "Seconds since the end of the latest run in which every poll got an answer, at any endpoint; +Inf if there was none."
        ) {
            for vCenter in metrics.vCenters {
                $0.sample(
                    [("vcenter", vCenter.name)],
                    vCenter.lastGoodRunAt.map { metrics.window.until.seconds(since: $0) } ?? .infinity)
            }
        }
    }

    private func customizations(of sources: [SourceMetrics], _ text: inout PrometheusText) {
        text.family("customizations", .gauge, "Customizations in the window, by outcome.") { family in
            for source in sources {
                let figures = source.figures
                for (outcome, count) in [
                    ("succeeded", figures.succeeded), ("failed", figures.failed), ("running", figures.running),
                    ("pending", figures.pending), ("lost", figures.lost), ("other", figures.other),
                ] { family.sample(source.labels + [("outcome", outcome)], Double(count)) }
            }
        }
        text.family(
            "customizations_stuck", .gauge,
            "Customizations in the window that had been running or pending for too long."
        ) {
            for source in sources { $0.sample(source.labels, Double(source.figures.stuck)) }
        }
        text.family("clock_faults", .gauge, "Customizations in the window that ended before they began.") {
            for source in sources { $0.sample(source.labels, Double(source.figures.clockFaults)) }
        }
        text.family(
            "failure_ratio", .gauge,
            "Share of the finished customizations in the window that failed, 0 to 1; absent if none finished."
        ) {
            for source in sources {
                if let rate = source.figures.failureRate { $0.sample(source.labels, rate) }
            }
        }
        text.family(
            "finished_customizations_total", .counter,
            "Customizations that finished since the history began; one that was corrected later counts under both outcomes."
        ) {
            for source in sources {
                $0.sample(source.labels + [("outcome", "succeeded")], Double(source.totals.succeeded))
                $0.sample(source.labels + [("outcome", "failed")], Double(source.totals.failed))
            }
        }
        text.family(
            "customization_duration_seconds", .histogram,
            "Durations of the customizations that finished since the history began."
        ) {
            for source in sources { $0.histogram(source.labels, source.totals.durations) }
        }
    }

    private func collection(of sources: [SourceMetrics], _ text: inout PrometheusText) {
        text.family("virtual_machines", .gauge, "VMs in the latest listing.") {
            for source in sources {
                if let count = source.virtualMachines { $0.sample(source.labels, Double(count)) }
            }
        }
        text.family("virtual_machines_without_data", .gauge, "Listed VMs with no good poll in the window.") {
            for source in sources where source.isPolled {
                $0.sample(source.labels, Double(source.virtualMachinesWithoutData))
            }
        }
        text.family("collection_runs_total", .counter, "Collection runs that ended, by outcome.") { family in
            for source in sources {
                for outcome in CollectionRunOutcome.allCases where outcome != .running {
                    family.sample(
                        source.labels + [("outcome", outcome.rawValue)], Double(source.totals.runs[outcome] ?? 0))
                }
            }
        }
        text.family("polls_total", .counter, "Polls recorded.") {
            for source in sources { $0.sample(source.labels, Double(source.totals.polls)) }
        }
        text.family(
            "poll_failures_total", .counter, "Polls that got no answer; a VM's own 403, 404 or 503 is an answer."
        ) {
            for source in sources { $0.sample(source.labels, Double(source.totals.failedPolls)) }
        }
        let timestamps: [(String, String, (SourceMetrics) -> Timestamp?)] = [
            ("last_run", "When the latest collection run began, whatever its outcome.", \.lastRunAt),
            (
                "last_good_run", "When the latest run in which every poll got an answer ended; 0 if there was none.",
                \.lastGoodRunAt
            ),
            ("last_good_poll", "The latest poll that reported a status; 0 if none did.", \.lastGoodPollAt),
        ]
        for (name, help, instant) in timestamps {
            text.family(name + "_timestamp_seconds", .gauge, help) {
                for source in sources where source.isPolled || name != "last_good_poll" {
                    // Not absent: an alert on its age has to fire even if there never was one.
                    $0.sample(source.labels, Double(instant(source)?.unixMilliseconds ?? 0) / 1000)
                }
            }
        }
    }
}

extension SourceMetrics {
    /// Whether VMs are polled there: events are read of all at once.
    fileprivate var isPolled: Bool { endpoint != .events }

    fileprivate var labels: [(String, String)] { [("vcenter", vCenter), ("endpoint", endpoint.rawValue)] }
}
