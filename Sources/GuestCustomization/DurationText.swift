extension Duration {
    /// What `init(text:)` takes, for help and errors.
    public static let grammar = "a whole number and ms, s, m, h or d, such as 500ms, 30s or 5m"

    /// A length of time as options and the configuration file write it; `nil` for anything outside the `grammar`, and for more
    /// than 366 days.
    public init?(text: some StringProtocol) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits) else { return nil }
        let millisecondsEach: Int64
        switch text.dropFirst(digits.count) {
        case "ms": millisecondsEach = 1
        case "s": millisecondsEach = 1000
        case "m": millisecondsEach = 60_000
        case "h": millisecondsEach = 3_600_000
        case "d": millisecondsEach = 86_400_000
        default: return nil
        }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: millisecondsEach)
        guard !overflow, milliseconds <= 366 * 86_400_000 else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The same in seconds.
    public var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// The same as `init(text:)` takes it, in the largest unit that leaves a whole number; what is below a millisecond is cut.
    public var text: String {
        let milliseconds = Int64(self / .milliseconds(1))
        let units: [(name: String, milliseconds: Int64)] = [("h", 3_600_000), ("m", 60_000), ("s", 1000)]
        for unit in units where milliseconds != 0 && milliseconds.isMultiple(of: unit.milliseconds) {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds)ms"
    }
}
