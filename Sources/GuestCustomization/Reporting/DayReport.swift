/// The figures of one local day of the window.
package struct DayReport: Hashable, Sendable {
    /// The date in the local calendar: `2026-11-16`.
    package var date: String
    /// The beginning of the day or of the window, whichever is later. A day with a clock change has 23 or 25 hours.
    package var since: Timestamp
    /// The end of the day or of the window, whichever is earlier.
    package var until: Timestamp
    /// Of the customizations placed in the day.
    package var figures: CustomizationFigures
    /// How many collection runs with a good poll began on it.
    package var goodRuns: Int
    /// Whether it ended before the first good run of all time. Only what vCenters still reported later is known of it, the last
    /// customization of each VM, so it has no rate.
    package var isBeforeFirstRun: Bool

    /// The customizations of a day before the first run have no rate.
    package init(
        date: String, since: Timestamp, until: Timestamp, figures: CustomizationFigures, goodRuns: Int,
        isBeforeFirstRun: Bool = false
    ) {
        self.date = date
        self.since = since
        self.until = until
        self.figures = figures
        self.goodRuns = goodRuns
        self.isBeforeFirstRun = isBeforeFirstRun
        self.figures.isUnwatched = isBeforeFirstRun
    }

    /// Whether nothing is known of the day: nothing was polled on it, and no later poll reported a customization on it.
    package var isWithoutData: Bool { goodRuns == 0 && figures.customizations == 0 }
}

/// Sums up customizations by local day.
struct DayAccumulator {
    private let window: ReportWindow
    private let calendar: LocalCalendar
    /// The beginning of each day, ascending; the first one is the window's beginning.
    private let starts: [Timestamp]
    private var figures: [CustomizationFigures]
    private var goodRuns: [Int]
    /// The day of the latest customization, which usually is that of the next one too.
    private var latest = 0

    /// In a longer window the first day includes all that is older: no history is that long, and each day costs memory.
    private static let maximumSeconds = 36_525.0 * 86_400
    /// In a longer window the days before the first one with data are left out.
    private static let maximumDaysBeforeData = 366

    init(_ window: ReportWindow, _ calendar: LocalCalendar) {
        self.window = window
        self.calendar = calendar
        var starts = [window.since]
        var next = calendar.startOfDay(
            at: max(window.since, window.until.advanced(bySeconds: -Self.maximumSeconds)), addingDays: 1)
        // The list also ends at the end of the calendar, where there is no next day.
        while let latest = starts.last, latest < next, next < window.until {
            starts.append(next)
            next = calendar.startOfDay(at: next, addingDays: 1)
        }
        self.starts = starts
        figures = Array(repeating: CustomizationFigures(), count: starts.count)
        goodRuns = Array(repeating: 0, count: starts.count)
    }

    /// Returns the position of its day.
    mutating func add(
        _ outcome: CustomizationOutcome, at instant: Timestamp, isStuck: Bool, isClockFault: Bool
    ) -> Int {
        latest = index(of: instant)
        figures[latest].count(outcome, isStuck: isStuck, isClockFault: isClockFault)
        return latest
    }

    mutating func addGoodRun(at instant: Timestamp) {
        goodRuns[index(of: instant)] += 1
    }

    /// - Parameter firstGoodRunAt: The first good run of all time; `nil` if that is not known.
    func finish(_ durations: DurationTable, firstGoodRunAt: Timestamp?) -> [DayReport] {
        let statistics = durations.statistics(ofGroups: starts.count) { Int($0.day) }
        let days = starts.indices.map { index in
            var figures = figures[index]
            figures.durations = statistics[index]
            let until = index + 1 < starts.count ? starts[index + 1] : window.until
            return DayReport(
                date: calendar.date(at: starts[index]), since: starts[index], until: until, figures: figures,
                goodRuns: goodRuns[index], isBeforeFirstRun: firstGoodRunAt.map { until <= $0 } ?? false)
        }
        return days.count > Self.maximumDaysBeforeData ? Array(days.drop { $0.isWithoutData }) : days
    }

    /// The day of an instant in the window.
    private func index(of instant: Timestamp) -> Int {
        var (low, high) = (0, starts.count)
        if starts[latest] <= instant {
            low = latest
            if latest + 1 < high, instant < starts[latest + 1] { return latest }
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if starts[middle] <= instant { low = middle } else { high = middle }
        }
        return low
    }
}

extension LocalCalendar {
    /// The local date at an instant: `2026-11-16`.
    package func date(at instant: Timestamp) -> String {
        let time = civilTime(at: instant)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(time.year, 4))-\(padded(time.month, 2))-\(padded(time.day, 2))"
    }
}
