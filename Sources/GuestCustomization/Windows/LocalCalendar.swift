import Foundation

/// A date and time as a wall clock shows them; Gregorian, years 1 to 9999.
package struct CivilTime: Hashable, Sendable {
    /// 1 to 9999.
    package var year: Int
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int
    /// 0 to 23.
    package var hour = 0
    /// 0 to 59.
    package var minute = 0
    /// 0 to 59.
    package var second = 0
}

/// The wall clocks of one time zone.
package struct LocalCalendar: Sendable {
    /// The time zone whose clocks these are.
    package var timeZone: TimeZone

    package init(_ timeZone: TimeZone) {
        self.timeZone = timeZone
    }

    /// The local date and time at an instant.
    package func civilTime(at instant: Timestamp) -> CivilTime {
        let seconds = Int((Double(instant.unixMilliseconds) / 1000).rounded(.down))
        var clock = time_t(seconds + offset(at: seconds))
        var fields = tm()
        gmtime_r(&clock, &fields)
        return CivilTime(
            year: Int(fields.tm_year) + 1900, month: Int(fields.tm_mon) + 1, day: Int(fields.tm_mday),
            hour: Int(fields.tm_hour), minute: Int(fields.tm_min), second: Int(fields.tm_sec))
    }

    /// The first instant at which the clocks show `time` or a later one; `nil` if there is no such date or time of day.
    ///
    /// A time that is skipped when the clocks go forward means the instant at which they do; a time that occurs twice when they go
    /// back means the first of the two.
    package func firstInstant(of time: CivilTime) -> Timestamp? {
        guard (0..<24).contains(time.hour), (0..<60).contains(time.minute), (0..<60).contains(time.second),
            let midnight = Self.utcSeconds(ofMidnightOn: time)
        else { return nil }
        let wanted = midnight + time.hour * 3600 + time.minute * 60 + time.second

        // Offsets are within 26 hours of UTC, so these two are the offsets before and after any change at `wanted`.
        let window = 26 * 3600
        let (before, after) = (offset(at: wanted - window), offset(at: wanted + window))
        for candidate in [before, after] where offset(at: wanted - candidate) == candidate {
            return Timestamp(unixMilliseconds: Int64(wanted - candidate) * 1000)
        }
        var (low, high) = (wanted - window, wanted + window)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == before { low = middle } else { high = middle }
        }
        return Timestamp(unixMilliseconds: Int64(high) * 1000)
    }

    /// The first instant of the day that is `days` after the day of an instant.
    package func startOfDay(at instant: Timestamp, addingDays days: Int = 0) -> Timestamp {
        var date = civilTime(at: instant)
        (date.hour, date.minute, date.second) = (0, 0, 0)
        guard let midnight = Self.utcSeconds(ofMidnightOn: date) else { return instant }
        let shifted = LocalCalendar(.gmt).civilTime(
            at: Timestamp(unixMilliseconds: Int64(midnight + days * 86_400) * 1000))
        return firstInstant(of: shifted) ?? instant
    }

    private func offset(at unixSeconds: Int) -> Int {
        timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(unixSeconds)))
    }

    private static func utcSeconds(ofMidnightOn date: CivilTime) -> Int? {
        guard (1...9999).contains(date.year), (1...12).contains(date.month), (1...31).contains(date.day) else {
            return nil
        }
        var fields = tm()
        fields.tm_year = Int32(date.year - 1900)
        fields.tm_mon = Int32(date.month - 1)
        fields.tm_mday = Int32(date.day)
        let seconds = timegm(&fields)
        // timegm turns 30 February into a day of March.
        return Int(fields.tm_mday) == date.day ? Int(seconds) : nil
    }
}
