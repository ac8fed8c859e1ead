/// Figures in a few characters, for tables.
package enum FigureText {
    /// The text for a missing figure.
    static let none = "–"

    /// `15.0%`; `<0.1%` and `>99.9%` where rounding would give 0 % or 100 %.
    static func percent(_ rate: Double?) -> String {
        guard let rate else { return none }
        let thousandths = Int((rate * 1000).rounded())
        if thousandths == 0, rate > 0 { return "<0.1%" }
        if thousandths == 1000, rate < 1 { return ">99.9%" }
        return "\(thousandths / 10).\(thousandths % 10)%"
    }

    /// A length of time of 0 s or more in its two largest units: `0.4s`, `41.2s`, `3m12s`, `2h05m`, `3d04h`.
    static func duration(_ seconds: Double?) -> String {
        guard let seconds else { return none }
        let tenths = Int((seconds * 10).rounded())
        if tenths == 0, seconds > 0 { return "<0.1s" }
        if tenths < 600 { return tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s" }
        let wholeSeconds = Int(seconds.rounded())
        if wholeSeconds < 3600 { return pair(wholeSeconds, 60, "m", "s") }
        let minutes = Int((seconds / 60).rounded())
        if minutes < 1440 { return pair(minutes, 60, "h", "m") }
        return pair(Int((seconds / 3600).rounded()), 24, "d", "h")
    }

    private static func pair(_ amount: Int, _ perUnit: Int, _ unit: String, _ smaller: String) -> String {
        let (whole, rest) = amount.quotientAndRemainder(dividingBy: perUnit)
        return rest == 0 ? "\(whole)\(unit)" : "\(whole)\(unit)\(rest < 10 ? "0" : "")\(rest)\(smaller)"
    }

    /// `1 VM`, `2 VMs`.
    package static func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
    }
}
