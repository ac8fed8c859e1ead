import GuestCustomization

/// Failures per day as a line of blocks.
struct TrendLine {
    /// One column for each day, or for several days if the line would not fit otherwise.
    let text: String
    let legend: String

    private static let blocks = Array("▁▂▃▄▅▆▇█")

    /// `nil` if there is no trend to show: fewer than two days, or no failure.
    init?(_ days: [DayReport], columns: Int) {
        let bars = DayBar.bars(of: days, atMost: max(1, min(columns, 92)))
        let most = bars.map(\.failed).max() ?? 0
        guard bars.count > 1, most > 0, let first = bars.first, let last = bars.last else { return nil }
        text = String(
            bars.map { bar in
                if bar.isWithoutData { return "·" }
                if bar.failed == 0 { return " " }
                return Self.blocks[(bar.failed * Self.blocks.count - 1) / most]
            })
        let each = first.days == 1 ? "a day" : "\(first.days) days"
        let noData = bars.contains(where: \.isWithoutData) ? "; · no data" : ""
        legend = "\(first.first) to \(last.last), each column \(each), at most \(most)\(noData)"
    }
}

/// One or more successive days in a chart.
struct DayBar {
    var first: String
    var last: String
    /// How many days it represents.
    var days: Int
    var failed: Int
    var finished: Int
    var isWithoutData: Bool
    /// Whether nothing was polled on any of them: what is known was reported later.
    var isUnwatched: Bool

    /// The days, in any order, in at most `limit` groups of equal size (the last may be smaller).
    static func bars(of days: [DayReport], atMost limit: Int) -> [DayBar] {
        let days = days.sorted { $0.since < $1.since }
        let size = max(1, (days.count + limit - 1) / limit)
        return stride(from: 0, to: days.count, by: size).map { start in
            let group = days[start..<min(start + size, days.count)]
            return DayBar(
                first: group.first?.date ?? "", last: group.last?.date ?? "", days: group.count,
                failed: group.reduce(0) { $0 + $1.figures.failed },
                finished: group.reduce(0) { $0 + $1.figures.finished },
                isWithoutData: group.allSatisfy(\.isWithoutData),
                isUnwatched: group.allSatisfy { $0.isWithoutData || $0.isBeforeFirstRun })
        }
    }
}
