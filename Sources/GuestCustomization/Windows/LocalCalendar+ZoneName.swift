import Foundation

extension LocalCalendar {
    /// The usual abbreviation for the zone at an instant, `CET` or `CEST`; if there is none, `UTC+3`.
    package func zoneName(at instant: Timestamp) -> String {
        let date = Date(timeIntervalSince1970: Double(instant.unixMilliseconds) / 1000)
        let offset = timeZone.secondsFromGMT(for: date)
        if offset == 0, !timeZone.identifier.contains("/") || timeZone.identifier.hasPrefix("Etc/") { return "UTC" }
        // Unicode's locale data has an abbreviation only in the locales of the countries that use it.
        let style: NSTimeZone.NameStyle =
            timeZone.isDaylightSavingTime(for: date) ? .shortDaylightSaving : .shortStandard
        for locale in ["en_GB", "en_US", "en_AU", "en_IN"] {
            guard let name = timeZone.localizedName(for: style, locale: Locale(identifier: locale)) else { continue }
            if !name.hasPrefix("GMT") || (name == "GMT" && offset == 0) { return name }
        }
        let minutes = abs(offset) / 60
        let sign = offset < 0 ? "-" : "+"
        return "UTC\(sign)\(minutes / 60)"
            + (minutes % 60 == 0 ? "" : ":\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)")
    }

    /// The calendar of the zone named after a time: `Z`, `UTC`, `GMT`, an offset from them (`+01:00`, `UTC+5:45`), an
    /// abbreviation of this calendar's own zone (`CET`, `CEST`), or a name of the zone database (`Europe/Berlin`).
    ///
    /// An abbreviation of another zone is not accepted, since many zones share one (CST, IST).
    ///
    /// - Parameter time: The time that precedes the name.
    func clocks(ofZoneCalled name: String, at time: CivilTime) -> LocalCalendar? {
        if ["z", "utc", "gmt"].contains(name.lowercased()) { return LocalCalendar(.gmt) }
        if let match = name.wholeMatch(of: /(?i:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?/) {
            guard let hours = Int(match.2), let minutes = Int(match.3 ?? "0"), hours < 24, minutes < 60 else {
                return nil
            }
            return TimeZone(secondsFromGMT: (match.1 == "-" ? -60 : 60) * (hours * 60 + minutes)).map(
                LocalCalendar.init)
        }
        if name.wholeMatch(of: /[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2}/) != nil {
            return TimeZone(identifier: name).map(LocalCalendar.init)
        }
        guard let first = firstInstant(of: time) else { return nil }
        // Before, at and after any clock change near it, and in the other half of the year.
        let halfYear = 182.0 * 86_400
        for seconds in [0, 3600, -86_400, 86_400, -halfYear, halfYear] {
            let instant = first.advanced(bySeconds: seconds)
            guard zoneName(at: instant) == name else { continue }
            let date = Date(timeIntervalSince1970: Double(instant.unixMilliseconds) / 1000)
            return TimeZone(secondsFromGMT: timeZone.secondsFromGMT(for: date)).map(LocalCalendar.init)
        }
        return nil
    }
}
