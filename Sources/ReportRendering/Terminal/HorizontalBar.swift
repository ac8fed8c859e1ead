/// A share drawn as a bar, to an eighth of a column.
enum HorizontalBar {
    private static let eighths = Array(" ▏▎▍▌▋▊▉█")

    /// Exactly `columns` wide; a share above 0 is never invisible.
    static func text(_ share: Double, columns: Int) -> String {
        let filled = min(max(Int((share * Double(columns * 8)).rounded()), share > 0 ? 1 : 0), columns * 8)
        let (whole, rest) = filled.quotientAndRemainder(dividingBy: 8)
        let bar = String(repeating: "█", count: whole) + (rest > 0 ? String(eighths[rest]) : "")
        return bar + String(repeating: " ", count: columns - whole - (rest > 0 ? 1 : 0))
    }
}
