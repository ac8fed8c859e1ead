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

    /// The same for a sentence, in its two largest units: `12 s`, `3 h 10 m`, `2 d`; what is below a second is rounded up.
    public var inWords: String {
        let seconds = Int64((self / .seconds(1)).rounded(.up))
        let units: [(name: String, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
        guard let largest = units.firstIndex(where: { $0.seconds <= seconds }) else { return "0 s" }
        let (whole, rest) = seconds.quotientAndRemainder(dividingBy: units[largest].seconds)
        let next = units.index(after: largest)
        let smaller = next < units.endIndex ? rest / units[next].seconds : 0
        return "\(whole) \(units[largest].name)" + (smaller > 0 ? " \(smaller) \(units[next].name)" : "")
    }
}
