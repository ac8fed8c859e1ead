/// Durations as a configuration file writes them: a whole number and one unit, `500ms`, `30s`, `5m`, `1h`.
enum DurationText {
    static let grammar = "a whole number and ms, s, m or h, such as 30s or 5m"

    /// From the largest to the smallest.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// The duration that `text` stands for; `nil` for anything outside the grammar, for nothing, and for more than 30 days.
    static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), count > 0,
            let unit = units.first(where: { $0.name == text.dropFirst(digits.count) })
        else { return nil }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow, milliseconds <= 30 * 24 * 3_600_000 else { return nil }
        return .milliseconds(milliseconds)
    }

    /// The duration in the largest unit that leaves a whole number; what is below a millisecond is cut.
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        let unit = units.first { Int64(milliseconds).isMultiple(of: $0.milliseconds) } ?? ("ms", 1)
        return "\(Int64(milliseconds) / unit.milliseconds)\(unit.name)"
    }
}
