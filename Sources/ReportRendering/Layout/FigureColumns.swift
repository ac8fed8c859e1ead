import GuestCustomization

/// The columns that every table of figures has.
enum FigureColumns {
    /// A row with figures.
    struct Item {
        var figures: CustomizationFigures
        /// Whether nothing is known: then no figure is shown, not even 0.
        var isWithoutData = false
    }

    /// - Parameters:
    ///   - showsIntervals: Whether the interval of the true rate is shown beside a rate of few customizations.
    ///   - rank: The rank of the step that drops the first of the durations if there is no room; the longest go first.
    static func all(_ durations: DurationColumns, showsIntervals: Bool, rank: Int = 100) -> [TableColumn<Item>] {
        [
            figure("Count") { String($0.customizations) },
            figure("Failed") { String($0.failed) },
            figure("Rate") { FigureText.percent($0.failureRate) },
        ]
            + (showsIntervals
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
