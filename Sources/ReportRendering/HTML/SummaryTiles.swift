import GuestCustomization

/// The figures of the whole window, one tile each.
struct SummaryTiles {
    let markup: Markup

    init(_ report: Report, _ times: LocalTimeFormat) {
        let summary = report.summary
        let stuck =
            summary.stuck > 0 ? "; \(summary.stuck) stuck (over \(FigureText.duration(report.stuckAfterSeconds)))" : ""
        let durations = summary.durations.map {
            "median; p90 \(FigureText.duration($0.p90)), p95 \(FigureText.duration($0.p95)), p99 "
                + "\(FigureText.duration($0.p99)), longest \(FigureText.duration($0.maximum))"
        }
        let coverage = report.coverage
        let runs = [
            ReportWords.runs(coverage),
            coverage.lastGoodPollAt.map { "last good poll \(times.minute($0))" } ?? "",
            ReportWords.longestGap(of: coverage) ?? "",
        ].filter { !$0.isEmpty }.joined(separator: "; ")
        markup = """
            <section aria-label="Summary"><dl class="tiles">
            <div class="tile lead\(summary.failed > 0 ? " bad" : summary.finished > 0 ? " good" : "" as Markup)">
            <dt>Failure rate</dt><dd class="figure">\(FigureText.percent(summary.failureRate))</dd>
            <dd>\(ReportWords.failuresAndLikelyRate(of: summary))\(Self.scale(summary))</dd></div>
            \(report.comparison.map { Self.before($0, of: report) })
            \(Self.tile("Customizations", String(summary.customizations), ReportWords.outcomes(in: report) + stuck))
            \(Self.tile("Virtual machines", String(report.virtualMachines.count), ReportWords.conditions(of: report.virtualMachines)))
            \(Self.tile("Duration", FigureText.duration(summary.durations?.p50), durations ?? "none known"))
            \(Self.tile("Collection runs", String(coverage.runs), runs))
            </dl></section>
            """
    }

    private static func tile(_ name: String, _ figure: String, _ note: String) -> Markup {
        "<div class=\"tile\"><dt>\(name)</dt><dd class=\"figure\">\(figure)</dd><dd>\(note)</dd></div>"
    }

    private static func before(_ comparison: ReportComparison, of report: Report) -> Markup {
        tile(
            "Window before", FigureText.percent(comparison.summary.failureRate),
            "\(ReportWords.failuresAndLikelyRate(of: comparison.summary)): \(ReportWords.verdict(on: comparison, of: report))"
        )
    }

    /// The rate and its interval on a line from 0 % to 100 %, with a legend; the words beside it say the same.
    private static func scale(_ figures: CustomizationFigures) -> Markup? {
        guard let rate = figures.failureRate, let interval = figures.failureRateInterval else { return nil }
        return """
            <svg class="scale" width="100%" height="12" aria-hidden="true" focusable="false">\
            <rect class="track" y="4" width="100%" height="4" rx="2"/>\
            <rect class="likely" x="\(percent: interval.lower)" y="3" width="\(percent: max(interval.upper - interval.lower, 0.005))" height="6" rx="3"/>\
            <circle class="rate" cx="\(percent: min(max(rate, 0.015), 0.985))" cy="6" r="5"/></svg>
            <ul class="legend"><li><svg class="key" width="16" height="12" aria-hidden="true" focusable="false"><circle class="rate" cx="8" cy="6" r="5"/></svg>rate seen</li>\
            <li><svg class="key" width="16" height="12" aria-hidden="true" focusable="false"><rect class="likely" y="3" width="16" height="6" rx="3"/></svg>true rate likely, 95&nbsp;%</li></ul>
            """
    }
}
