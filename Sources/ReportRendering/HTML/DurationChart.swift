import GuestCustomization

/// How long customizations took, as a histogram.
struct DurationChart {
    let markup: Markup

    private static let (top, bottom, height) = (22, 150, 176)

    init(_ histogram: DurationHistogram, _ durations: DurationStatistics?) {
        guard let durations, let first = histogram.counts.firstIndex(where: { $0 > 0 }),
            let last = histogram.counts.lastIndex(where: { $0 > 0 })
        else {
            markup = """
                <figure class="card"><figcaption><h2>Durations</h2></figcaption><p class="quiet">No duration is known.</p></figure>
                """
            return
        }
        // One more bucket on each side shows that the ends are ends.
        let shown = Array(max(0, first - 1)...min(histogram.counts.count - 1, last + 1))
        let most = histogram.counts.max() ?? 1
        let bars = shown.enumerated().map { position, bucket -> Markup in
            let count = histogram.counts[bucket]
            let slot = 1 / Double(shown.count)
            let x = (Double(position) + 0.06) * slot
            let height = count == 0 ? 0 : max(3, count * (Self.bottom - Self.top) / most)
            let text: Markup? =
                count == 0
                ? nil
                : """
                <text x="\(percent: x + slot * 0.44)" y="\(Self.bottom - height - 6)" text-anchor="middle">\(Self.short(count))</text>
                """
            return """
                <g><title>\(Self.range(bucket)): \(FigureText.counted(count, "customization"))</title>\
                <rect class="hit" x="\(percent: x)" y="\(Self.top)" width="\(percent: slot * 0.88)" height="\(Self.bottom - Self.top)"/>\
                <rect class="bar" x="\(percent: x)" y="\(Self.bottom - height)" width="\(percent: slot * 0.88)" height="\(height)" rx="2"/>\(text)</g>
                """
        }
        let labels = shown.dropLast().enumerated().map { position, bucket -> Markup in
            let x = Double(position + 1) / Double(shown.count)
            return
                "<text x=\"\(percent: x)\" y=\"\(Self.bottom + 18)\" text-anchor=\"middle\">\(Self.bound(bucket))</text>"
        }
        let rows = shown.map { bucket -> Markup in
            "<tr><th scope=\"row\">\(Self.range(bucket))</th><td>\(histogram.counts[bucket])</td></tr>"
        }
        markup = """
            <figure class="card"><figcaption><h2>Durations</h2></figcaption>
            <svg class="chart" width="100%" height="\(Self.height)" role="img" aria-labelledby="durations-title durations-text">
            <title id="durations-title">Durations of finished customizations</title>
            <desc id="durations-text">\(durations.count) known. Half took up to \(FigureText.duration(durations.p50)), \
            95 % up to \(FigureText.duration(durations.p95)), the longest \(FigureText.duration(durations.maximum)).</desc>
            <line class="axis" x1="0" x2="100%" y1="\(Self.bottom)" y2="\(Self.bottom)"/>
            \(bars)
            \(labels)
            </svg>
            <details><summary>As a table</summary><table class="plain"><caption>Durations of finished customizations</caption>
            <thead><tr><th scope="col">Took</th><th scope="col">Customizations</th></tr></thead><tbody>\(rows)</tbody></table></details>
            </figure>
            """
    }

    private static func bound(_ bucket: Int) -> String { FigureText.duration(DurationHistogram.bounds[bucket]) }

    private static func range(_ bucket: Int) -> String {
        if bucket == 0 { return "up to \(bound(0))" }
        if bucket == DurationHistogram.bounds.count { return "over \(bound(bucket - 1))" }
        return "\(bound(bucket - 1)) to \(bound(bucket))"
    }

    /// A count that fits above a bar on a phone: `999`, `12k`.
    private static func short(_ count: Int) -> String {
        count < 10_000 ? String(count) : count < 1_000_000 ? "\(count / 1000)k" : "\(count / 1_000_000)M"
    }
}
