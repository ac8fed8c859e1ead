import Foundation

/// Why `--since` and `--until` do not form a window.
package enum WindowExpressionError: Error, Hashable, Sendable {
    /// The text of an option does not follow the grammar.
    case notUnderstood(option: String, text: String)
    /// The text names a date or a time of day that does not exist, such as 30 February.
    case noSuchDate(option: String, text: String)
    /// The text counts back further than is allowed.
    case tooFarBack(option: String, text: String)
    /// The window would end before or when it begins.
    case empty(since: Timestamp, until: Timestamp)
    /// There is only a begin, and it has not come yet.
    case inFuture(since: Timestamp)
}

extension WindowExpressionError: CustomStringConvertible {
    /// One line: what was given, why it is refused, what to give instead.
    package var description: String {
        switch self {
        case .notUnderstood(let option, let text):
            "\(option) \(Self.quoted(text)) is not understood; give \(ReportWindow.grammar)"
        case .noSuchDate(let option, let text):
            "\(option) \(Self.quoted(text)) names a date or time that does not exist; give \(ReportWindow.grammar)"
        case .tooFarBack(let option, let text):
            "\(option) \(Self.quoted(text)) counts back more than 100 years; give \(ReportWindow.grammar)"
        case .empty(let since, let until):
            "the window is empty: --since (\(since)) must be before --until (\(until))"
        case .inFuture(let since): "--since (\(since)) must be before now"
        }
    }

    private static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(60).map { $0.escaped(asASCII: true) }.joined()
        return "\"\(shown)\(text.unicodeScalars.count > 60 ? "…" : "")\""
    }
}

extension ReportWindow {
    /// What `--since` and `--until` accept, for help and errors.
    package static let grammar =
        "an amount of time before now (90m, 24h, 7d, 2w, 1d12h; m is minutes, a day is 24 h), now, today, yesterday, or a date "
        + "(2026-11-01, from its midnight on) or time (2026-11-01 08:00, 2026-11-01T08:00:30.5), local or with a zone after it "
        + "(Z, +01:00, UTC, CET)"

    /// The window between two texts in the `grammar`, read in a time zone.
    ///
    /// A local time that the clocks skip or show twice is resolved by `LocalCalendar.firstInstant(of:)`.
    ///
    /// - Parameter until: `nil` for a command that has no `--until`: the window ends now.
    package init(
        since: String, until: String? = nil, now: Timestamp, timeZone: TimeZone
    ) throws(WindowExpressionError) {
        let reader = WindowExpression(now: now, calendar: LocalCalendar(timeZone))
        self.init(
            since: try reader.instant(of: since, option: "--since"),
            until: try until.map { text throws(WindowExpressionError) in try reader.instant(of: text, option: "--until")
            } ?? now)
        guard self.since < self.until else {
            throw until == nil ? .inFuture(since: self.since) : .empty(since: self.since, until: self.until)
        }
    }

    /// The instant of one text in the `grammar`.
    ///
    /// - Parameter option: The option that has it, for errors: `--at`.
    package static func instant(
        _ text: String, of option: String, now: Timestamp, timeZone: TimeZone
    ) throws(WindowExpressionError) -> Timestamp {
        try WindowExpression(now: now, calendar: LocalCalendar(timeZone)).instant(of: text, option: option)
    }
}

private struct WindowExpression {
    let now: Timestamp
    let calendar: LocalCalendar

    func instant(of text: String, option: String) throws(WindowExpressionError) -> Timestamp {
        switch text {
        case "now": return now
        case "today": return calendar.startOfDay(at: now)
        case "yesterday": return calendar.startOfDay(at: now, addingDays: -1)
        default: break
        }
        if let amount = AmountOfTime(text, in: [.week, .day, .hour, .minute]) {
            let hundredYears = 36_525 * AmountOfTime.Unit.day.milliseconds
            guard case .milliseconds(let milliseconds) = amount, milliseconds <= hundredYears else {
                throw .tooFarBack(option: option, text: text)
            }
            return Timestamp(unixMilliseconds: now.unixMilliseconds - milliseconds)
        }
        if let instant = Timestamp(rfc3339: text) { return instant }
        return try civilTime(in: text, option: option)
    }

    /// A date with or without a time of day and a zone, as people write it and as this program prints it.
    private func civilTime(in text: String, option: String) throws(WindowExpressionError) -> Timestamp {
        guard
            let match = text.wholeMatch(
                of:
                    /([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?)?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?| [A-Za-z+-][A-Za-z0-9_:\/+-]*)?/
            )
        else { throw .notUnderstood(option: option, text: text) }
        func number(_ digits: Substring?) -> Int { digits.flatMap { Int($0) } ?? 0 }
        let time = CivilTime(
            year: number(match.1), month: number(match.2), day: number(match.3), hour: number(match.4),
            minute: number(match.5), second: number(match.6))
        guard let local = calendar.firstInstant(of: time) else { throw .noSuchDate(option: option, text: text) }
        var instant = local
        if let zone = match.8 {
            let name = zone.drop { $0 == " " }
            guard let clocks = calendar.clocks(ofZoneCalled: String(name), at: time),
                let zoned = clocks.firstInstant(of: time)
            else { throw .notUnderstood(option: option, text: text) }
            instant = zoned
        }
        if let fraction = match.7 {
            instant.unixMilliseconds += Int64((fraction + "00").prefix(3)) ?? 0
        }
        return instant
    }
}
