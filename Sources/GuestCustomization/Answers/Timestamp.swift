import Foundation

/// An instant, in whole milliseconds since 1970-01-01T00:00:00Z (Unix time, no leap seconds).
///
/// The history stores, compares and subtracts instants in this unit only; see docs/design.md §3.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before it.
    package var unixMilliseconds: Int64

    package init(unixMilliseconds: Int64) {
        self.unixMilliseconds = unixMilliseconds
    }

    /// Before every instant that a history can contain.
    package static let earliest = Timestamp(unixMilliseconds: .min)

    /// The current instant of the system's real-time clock. Only executables call this; all other code takes a clock.
    package static func now() -> Timestamp {
        Timestamp(unixMilliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.unixMilliseconds < right.unixMilliseconds
    }

    /// The instant `seconds` later, saturating at the ends of the representable range.
    package func advanced(bySeconds seconds: Double) -> Timestamp {
        guard let milliseconds = Int64(exactly: (seconds * 1000).rounded()) else {
            return Timestamp(unixMilliseconds: seconds < 0 ? .min : .max)
        }
        let (sum, overflow) = unixMilliseconds.addingReportingOverflow(milliseconds)
        return Timestamp(unixMilliseconds: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }

    /// Seconds from `earlier` to this instant; negative if `earlier` is the later one.
    package func seconds(since earlier: Timestamp) -> Double {
        (Double(unixMilliseconds) - Double(earlier.unixMilliseconds)) / 1000
    }
}

extension Timestamp {
    /// Parses an RFC 3339 date-time with any number of fraction digits (cut to milliseconds) and any offset.
    ///
    /// Stricter than Foundation's `ISO8601FormatStyle`, which accepts 30 February and trailing text, and more lenient: Foundation
    /// refuses more than nine fraction digits and a lower-case `t` or `z`. The colon of an offset is optional; a text
    /// without an offset is refused, since its instant is unknown. Years 0001 to 9999.
    /// Source: RFC 3339 §5.6; a leap second `:60` is read as the second that follows.
    package init?(rfc3339 text: some StringProtocol) {
        var rest = Substring(text).utf8[...]

        func digits(_ count: Int) -> Int32? {
            guard rest.count >= count else { return nil }
            var value: Int32 = 0
            for byte in rest.prefix(count) {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int32(byte - UInt8(ascii: "0"))
            }
            rest = rest.dropFirst(count)
            return value
        }
        func skip(_ allowed: String) -> UInt8? {
            guard let byte = rest.first, allowed.utf8.contains(byte) else { return nil }
            rest = rest.dropFirst()
            return byte
        }

        guard let year = digits(4), year >= 1, skip("-") != nil, let month = digits(2), skip("-") != nil,
            let day = digits(2), skip("Tt ") != nil, let hour = digits(2), skip(":") != nil,
            let minute = digits(2), skip(":") != nil, let second = digits(2), hour < 24, minute < 60, second <= 60
        else { return nil }

        var milliseconds: Int64 = 0
        if skip(".,") != nil {
            let fraction = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(fraction.count)
            let three = Array(fraction.prefix(3)) + Array(repeating: UInt8(ascii: "0"), count: 3)
            milliseconds = three.prefix(3).reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }

        var offsetSeconds: Int64 = 0
        guard let sign = skip("Zz+-") else { return nil }
        if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            guard let hours = digits(2), skip(":") != nil || rest.count == 2, let minutes = digits(2), hours < 24,
                minutes < 60
            else { return nil }
            offsetSeconds = Int64(hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        }
        guard rest.isEmpty else { return nil }

        var fields = tm()
        fields.tm_year = year - 1900
        fields.tm_mon = month - 1
        fields.tm_mday = day
        let midnight = timegm(&fields)
        guard fields.tm_mon == month - 1, fields.tm_mday == day else { return nil }
        let clock = Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
        self.init(unixMilliseconds: (Int64(midnight) + clock - offsetSeconds) * 1000 + milliseconds)
    }

    /// RFC 3339 in UTC with milliseconds and `Z`: `2026-11-01T08:00:00.000Z`. The form of SQL views, JSON and CSV.
    ///
    /// A year after 9999 has as many digits as it needs, and a year before 0 has a minus sign: such an instant can be stored, so it has
    /// to be shown.
    package var rfc3339: String {
        let (seconds, milliseconds) = unixMilliseconds.flooredQuotientAndRemainder(dividingBy: 1000)
        var clock = time_t(seconds)
        var fields = tm()
        gmtime_r(&clock, &fields)
        func padded(_ value: some BinaryInteger, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let year = Int(fields.tm_year) + 1900
        return (year < 0 ? "-" : "") + padded(abs(year), 4) + "-" + padded(fields.tm_mon + 1, 2) + "-"
            + padded(fields.tm_mday, 2)
            + "T" + padded(fields.tm_hour, 2) + ":" + padded(fields.tm_min, 2) + ":" + padded(fields.tm_sec, 2) + "."
            + padded(milliseconds, 3) + "Z"
    }
}

/// In files of the program's own, as Unix milliseconds.
extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(unixMilliseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(unixMilliseconds)
    }
}

extension Timestamp: CustomStringConvertible {
    package var description: String { rfc3339 }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
