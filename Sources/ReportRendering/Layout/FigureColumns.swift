import GuestCustomization

/// The columns that every table of figures has.
enum FigureColumns {
    /// What stands in a table of rows that have figures.
    struct Item {
        var figures: CustomizationFigures
        /// Whether nothing is known: no figure is shown, not even 0.
        var isWithoutData = false
    }

    /// - Parameters:
    ///   - tellsIntervals: Whether the likely true rate stands beside a rate over few.
    ///   - rank: Of the step that leaves the first of the durations out, where there is no room; the longest go first.
    static func all(_ durations: DurationColumns, tellsIntervals: Bool, rank: Int = 100) -> [TableColumn<Item>] {
        [
            figure("Count") { String($0.customizations) },
            figure("Failed") { String($0.failed) },
            figure("Rate") { FigureText.percent($0.failureRate) },
        ]
            + (tellsIntervals
                ? [
                    TableColumn("Likely", .right, whenNarrow: [Narrowing(rank + 1, .drop)]) { item in
                        TableCell(item.isWithoutData ? "" : ReportWords.interval(of: item.figures) ?? "")
                    }
                ] : [])
            + durations.figures.enumerated().map { index, duration in
                var column = figure(duration.title) { FigureText.duration($0.durations.flatMap(duration.seconds)) }
                column.whenNarrow = [Narrowing(rank - index, .drop)]
                return column
            }
    }

    private static func figure(_ title: String, _ text: @escaping (CustomizationFigures) -> String) -> TableColumn<Item>
    {
        TableColumn(title, .right) { TableCell($0.isWithoutData ? FigureText.none : text($0.figures)) }
    }
}

/// Which figures of the durations a table has columns for.
enum DurationColumns: Sendable {
    case few
    case all

    var figures: [(title: String, seconds: (DurationStatistics) -> Double?)] {
        switch self {
        case .few: [("p50", \.p50), ("p95", \.p95)]
        case .all: [("p50", \.p50), ("p90", \.p90), ("p95", \.p95), ("p99", \.p99), ("max", \.maximum)]
        }
    }
}
