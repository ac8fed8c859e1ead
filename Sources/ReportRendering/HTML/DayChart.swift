import GuestCustomization

/// Failures per day as bars; days without data look different from days without failures.
struct DayChart {
    let markup: Markup

    private static let maximumBars = 92
    private static let (top, bottom, height) = (22, 150, 176)

    init(_ days: [DayReport]) {
        let bars = DayBar.bars(of: days, atMost: Self.maximumBars)
        let most = bars.map(\.failed).max() ?? 0
        let title =
            bars.first.map { $0.days == 1 ? "Failures per day" : "Failures per \($0.days) days" } ?? "Failures per day"
        markup = """
            <figure class="card"><figcaption><h2>\(title)</h2></figcaption>
            <svg class="chart" width="100%" height="\(Self.height)" role="img" aria-labelledby="days-title days-text">
            <title id="days-title">\(title)</title><desc id="days-text">\(Self.description(of: bars))</desc>
            <defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
            <rect class="hatch" width="2" height="6"/></pattern></defs>
            <line class="axis" x1="0" x2="100%" y1="\(Self.bottom)" y2="\(Self.bottom)"/>
            \(bars.enumerated().map { Self.bar($1, number: $0, of: bars.count, most: most) })
            \(Self.labels(of: bars))
            </svg>
            \(Self.legend(of: bars))
            \(Self.table(of: bars))
            </figure>
            """
    }

    private static func bar(_ bar: DayBar, number: Int, of count: Int, most: Int) -> Markup {
        let slot = 1 / Double(count)
        let x = (Double(number) + 0.12) * slot
        if bar.isWithoutData {
            return """
                <rect class="none" x="\(percent: x)" y="\(top)" width="\(percent: slot * 0.76)" height="\(bottom - top)"><title>\(text(of: bar))</title></rect>
                """
        }
        let height = bar.failed == 0 ? 0 : max(3, bar.failed * (bottom - top) / most)
        let number: Markup? =
            bar.failed > 0 && count <= 31
            ? "<text x=\"\(percent: x + slot * 0.38)\" y=\"\(bottom - height - 6)\" text-anchor=\"middle\">\(bar.failed)</text>"
            : nil
        // The part above, invisible if the day was watched, makes the tooltip easy to hit.
        return """
            <g><title>\(text(of: bar))</title><rect class="\(bar.isUnwatched ? "none" : "hit")" x="\(percent: x)" y="\(top)" width="\(percent: slot * 0.76)" height="\(bottom - top)"/>\
            <rect class="bad" x="\(percent: x)" y="\(bottom - height)" width="\(percent: slot * 0.76)" height="\(height)" rx="2"/>\(number)</g>
            """
    }

    /// Month and day under each bar if there is room on a phone; else under the first, the middle and the last one.
    private static func labels(of bars: [DayBar]) -> [Markup] {
        let labelled = bars.count <= 8 ? Array(bars.indices) : [0, bars.count / 2, bars.count - 1]
        return labelled.map { index in
            let anchor: Markup =
                bars.count <= 8 ? "middle" : index == 0 ? "start" : index == bars.count - 1 ? "end" : "middle"
            let x =
                bars.count > 8 && index == 0
                ? 0 : bars.count > 8 && index == bars.count - 1 ? 1 : (Double(index) + 0.5) / Double(bars.count)
            return
                "<text x=\"\(percent: x)\" y=\"\(bottom + 18)\" text-anchor=\"\(anchor)\">\(bars.count <= 8 ? String(bars[index].first.suffix(5)) : bars[index].first)</text>"
        }
    }

    /// The meaning of the signs in the chart, only of those that occur.
    private static func legend(of bars: [DayBar]) -> Markup? {
        let failures: Markup? =
            bars.contains { $0.failed > 0 }
            ? "<li><svg class=\"key\" width=\"16\" height=\"12\" aria-hidden=\"true\" focusable=\"false\"><rect class=\"bad\" width=\"16\" height=\"12\" rx=\"2\"/></svg>failed</li>"
            : nil
        let hatching: Markup? =
            bars.contains(where: \.isWithoutData)
            ? "<li><svg class=\"key\" width=\"16\" height=\"12\" aria-hidden=\"true\" focusable=\"false\"><rect class=\"none\" width=\"16\" height=\"12\"/></svg>hatched: no data, nothing was polled</li>"
            : nil
        guard failures != nil || hatching != nil else { return nil }
        return "<ul class=\"legend\">\(failures)\(hatching)</ul>"
    }

    private static func text(of bar: DayBar) -> String {
        let days = bar.days == 1 ? bar.first : "\(bar.first) to \(bar.last)"
        if bar.isWithoutData { return "\(days): no data" }
        let figures = "\(days): \(bar.failed) failed of \(bar.finished) finished"
        return bar.isUnwatched ? figures + ", as far as known: before the first run" : figures
    }

    private static func description(of bars: [DayBar]) -> String {
        let failed = bars.reduce(0) { $0 + $1.failed }
        let unknown = bars.filter(\.isWithoutData).reduce(0) { $0 + $1.days }
        let before = bars.filter { $0.isUnwatched && !$0.isWithoutData }.reduce(0) { $0 + $1.days }
        var text = failed == 0 ? "No failures." : "\(FigureText.counted(failed, "failure"))."
        if let worst = bars.max(by: { $0.failed < $1.failed }), worst.failed > 0 {
            text += " Most: \(self.text(of: worst))."
        }
        if unknown > 0 { text += " \(FigureText.counted(unknown, "day")) without data." }
        if before > 0 { text += " \(FigureText.counted(before, "day")) before the first run." }
        return text
    }

    private static func table(of bars: [DayBar]) -> Markup {
        let rows = bars.map { bar -> Markup in
            let days = bar.days == 1 ? bar.first : "\(bar.first) to \(bar.last)"
            let rate =
                bar.finished == 0 || bar.isUnwatched
                ? FigureText.none : FigureText.percent(Double(bar.failed) / Double(bar.finished))
            return bar.isWithoutData
                ? "<tr><th scope=\"row\">\(days)</th><td colspan=\"3\">no data</td></tr>"
                : "<tr><th scope=\"row\">\(days)</th><td>\(bar.failed)</td><td>\(bar.finished)</td><td>\(rate)</td></tr>"
        }
        return """
            <details><summary>As a table</summary><table class="plain"><caption>Failures by local day</caption>
            <thead><tr><th scope="col">Day</th><th scope="col">Failed</th><th scope="col">Finished</th><th scope="col">Rate</th></tr></thead>
            <tbody>\(rows)</tbody></table></details>
            """
    }
}
