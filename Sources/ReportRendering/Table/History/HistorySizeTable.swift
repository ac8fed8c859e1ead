import GuestCustomization

/// The size and growth of a history for terminals.
package struct HistorySizeTable: Sendable {
    /// Width, colours and time zone.
    package var format: TableFormat

    package init(_ format: TableFormat) {
        self.format = format
    }

    /// The whole text, ending with a line break.
    ///
    /// - Parameter history: The history's path.
    package func render(_ size: HistorySize, of history: String) -> String {
        let times = LocalTimeFormat(format.timeZone)
        var heading = TerminalLine("History", .bold)
        heading.append(" \(history), \(times.dateTimeAndZone(size.generatedAt))")
        let facts = [
            ("identity", size.uuid), ("size", Self.size(size)), ("polls", Self.polls(size, times)),
            ("growth", Self.growth(size)), ("disk", Self.disk(size, times)),
        ].flatMap { name, text in
            var line = TerminalLine("  ")
            line.append(name, .dim)
            line.pad(to: 12)
            return line.followed(by: text, width: format.width)
        }
        return [heading.asHeading(width: format.width), facts, rows(of: size)].rendered(
            width: format.width, colors: format.colors)
    }

    private static func size(_ size: HistorySize) -> String {
        let free = size.freeBytes > 0 ? ", \(ByteText.of(size.freeBytes)) of it free pages" : ""
        return "\(ByteText.of(size.fileBytes))\(free); log (-wal): \(ByteText.of(size.logBytes))"
    }

    private static func polls(_ size: HistorySize, _ times: LocalTimeFormat) -> String {
        let pruned = size.prunedPolls > 0 ? "; \(size.prunedPolls) earlier ones were pruned" : ""
        guard size.polls > 0, let first = size.keptSince ?? size.firstRunAt else { return "none\(pruned)" }
        let each = size.bytesPerPoll.map { ", \(FigureText.tenths($0)) bytes each" } ?? ""
        return "\(size.polls) since \(times.minute(first))\(each)\(pruned)"
    }

    private static func growth(_ size: HistorySize) -> String {
        let (known, shortage) = size.growth
        guard let known else { return "not known: \(shortage?.words ?? "no data")" }
        return
            "\(ByteText.of(known.bytesPerDay)) a day: \(Int(known.pollsPerDay.rounded())) polls a day in the last \(FigureText.tenths(known.days)) days"
    }

    private static func disk(_ size: HistorySize, _ times: LocalTimeFormat) -> String {
        let free = "\(ByteText.of(size.availableBytes)) free of \(ByteText.of(size.diskBytes))"
        guard let known = size.growth.known else { return "\(free); when it will be full is not known" }
        guard let fullAt = size.fullAt else { return "\(free): full in more than 100 years at that pace" }
        let days = Int(known.daysUntilFull.rounded(.down))
        return
            "\(free): full in \(FigureText.counted(days, "day")) at that pace, on \(times.minute(fullAt).prefix(10)), if nothing else writes to it"
    }

    private func rows(of size: HistorySize) -> [TerminalLine] {
        let columns = [
            TableColumn<HistorySize.TableRows>("Table") { TableCell($0.table) },
            TableColumn<HistorySize.TableRows>("Rows", .right) { "\($0.count)" },
        ]
        let table = Table(columns: columns, items: size.rows, mark: { _ in (" ", .plain) }) { _, _ in [] }
        return TableLayout(table, width: format.width).lines
    }
}

extension HistorySize.Shortage {
    fileprivate var words: String {
        switch self {
        case .noPolls: "there is no poll"
        case .lessThanADay: "the history covers less than a day"
        case .fewPolls: "there are fewer than \(HistorySize.fewestPolls) polls"
        case .nothingLately: "no run recorded a poll in the last \(Int(HistorySize.measuredDays)) days"
        }
    }
}

extension FigureText {
    /// `41`, `4.1`.
    fileprivate static func tenths(_ number: Double) -> String {
        let tenths = Int((min(number, 1e15) * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
