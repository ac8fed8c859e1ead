import Foundation
import GuestCustomization

/// Instants in a local time zone, for people.
package struct LocalTimeFormat: Sendable {
    private let calendar: LocalCalendar

    /// Formats instants in `timeZone`.
    package init(_ timeZone: TimeZone) {
        calendar = LocalCalendar(timeZone)
    }

    /// `2026-11-23 08:00`, followed by `:37` if the seconds are not 0. The caller states the zone once, beside it.
    package func dateAndTime(_ instant: Timestamp) -> String {
        calendar.civilTime(at: instant).second == 0 ? minute(instant) : second(instant)
    }

    /// `2026-11-23 08:00:37`
    func second(_ instant: Timestamp) -> String {
        minute(instant) + ":" + Self.twoDigits(calendar.civilTime(at: instant).second)
    }

    /// `2026-11-23 08:00`: to the minute, for tables.
    package func minute(_ instant: Timestamp) -> String {
        let time = calendar.civilTime(at: instant)
        let year = String(time.year)
        let date = [
            String(repeating: "0", count: max(0, 4 - year.count)) + year, Self.twoDigits(time.month),
            Self.twoDigits(time.day),
        ].joined(separator: "-")
        return date + " " + Self.twoDigits(time.hour) + ":" + Self.twoDigits(time.minute)
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// `2026-11-23 08:00 CET`
    package func dateTimeAndZone(_ instant: Timestamp) -> String {
        dateAndTime(instant) + " " + zone(at: instant)
    }

    /// `2026-10-17 10:00 CEST to 2026-11-16 09:00 CET`; if both have the same zone, it is named once.
    package func window(_ window: ReportWindow) -> String {
        let zone = self.zone(at: window.since)
        let first = dateAndTime(window.since) + (zone == self.zone(at: window.until) ? "" : " " + zone)
        return "\(first) to \(dateTimeAndZone(window.until))"
    }

    /// The zone's abbreviation at an instant, `CET` or `CEST`.
    func zone(at instant: Timestamp) -> String { calendar.zoneName(at: instant) }
}
