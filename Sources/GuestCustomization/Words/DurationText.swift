extension Duration {
    /// What `init(text:)` accepts, for help and errors.
    package static let grammar =
        "a whole number and ms, s, m, h or d, such as 500ms, 30s or 5m, or several of them, such as 1h30m"

    /// Parses a length of time from an option or the configuration file; `nil` for anything outside the `grammar`, and for more
    /// than 366 days.
    package init?(text: some StringProtocol) {
        guard
            case .milliseconds(let milliseconds) = AmountOfTime(
                text, in: [.day, .hour, .minute, .second, .millisecond]),
            milliseconds <= 366 * AmountOfTime.Unit.day.milliseconds
        else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The duration in seconds.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// The duration in the form that `init(text:)` accepts, in the largest unit up to an hour that gives a whole number; truncated to
    /// milliseconds.
    package var text: String {
        let milliseconds = Int64(self / .milliseconds(1))
        for unit in [AmountOfTime.Unit.hour, .minute, .second]
        where milliseconds != 0 && milliseconds.isMultiple(of: unit.milliseconds) {
            return "\(milliseconds / unit.milliseconds)\(unit.rawValue)"
        }
        return "\(milliseconds)ms"
    }

    /// The duration for a sentence, in its two largest units: `12 s`, `3 h 10 m`, `2 d`; rounded up to whole seconds.
    package var inWords: String {
        let seconds = Int64((self / .seconds(1)).rounded(.up))
        let units: [(name: String, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
        guard let largest = units.firstIndex(where: { $0.seconds <= seconds }) else { return "0 s" }
        let (whole, rest) = seconds.quotientAndRemainder(dividingBy: units[largest].seconds)
        let next = units.index(after: largest)
        let smaller = next < units.endIndex ? rest / units[next].seconds : 0
        return "\(whole) \(units[largest].name)" + (smaller > 0 ? " \(smaller) \(units[next].name)" : "")
    }
}

/// An amount of time as people write it: whole numbers, each with a unit, the larger unit first, such as `90m` or `1d12h`.
enum AmountOfTime: Equatable {
    case milliseconds(Int64)
    /// Well formed, but too large to be represented.
    case tooLarge

    /// From the largest to the smallest.
    enum Unit: String {
        case week = "w"
        case day = "d"
        case hour = "h"
        case minute = "m"
        case second = "s"
        case millisecond = "ms"

        var milliseconds: Int64 {
            switch self {
            case .week: 604_800_000
            case .day: 86_400_000
            case .hour: 3_600_000
            case .minute: 60_000
            case .second: 1000
            case .millisecond: 1
            }
        }
    }

    /// - Parameter units: The units allowed in the text, from the largest to the smallest.
    init?(_ text: some StringProtocol, in units: [Unit]) {
        var rest = text.utf8[...]
        var units = units[...]
        var sum: Int64? = 0
        repeat {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            rest = rest.dropFirst(name.count)
            guard !digits.isEmpty, let index = units.firstIndex(where: { name.elementsEqual($0.rawValue.utf8) }) else {
                return nil
            }
            sum = sum.flatMap { Self.sum($0, units[index], times: digits) }
            units = units[(index + 1)...]
        } while !rest.isEmpty
        self = sum.map { .milliseconds($0) } ?? .tooLarge
    }

    private static func sum(_ sum: Int64, _ unit: Unit, times digits: some Sequence<UInt8>) -> Int64? {
        guard let count = Int64(String(decoding: Array(digits), as: UTF8.self)) else { return nil }
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: unit.milliseconds)
        let (total, overflows) = sum.addingReportingOverflow(product)
        return isTooLarge || overflows ? nil : total
    }
}
