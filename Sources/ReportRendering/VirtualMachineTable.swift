import GuestCustomization

/// The VMs in the table format, the worst first.
struct VirtualMachineTable {
    let lines: [TerminalLine]

    private static let automaticLimit = 50
    private static let smallestNameWidth = 12
    /// Most names are not longer.
    private static let commonNameWidth = 24
    private static let largestVCenterWidth = 16
    private static let vCenterHead = "VCENTER"

    init(
        _ report: Report, width: Int, times: LocalTimeFormat, limit: Int?, durations: DurationColumns
    ) {
        var numberHeads = ["COUNT", "FAILED", "RATE"] + durations.heads
        let all = report.listedVirtualMachines
        let shown = Self.shown(of: all, limit)
        // Names need not be unique; where they are not, the managed object id tells the VMs apart.
        var namesakes: [ShownName: Int] = [:]
        for vm in all { namesakes[ShownName(vm), default: 0] += 1 }
        let rows = shown.map { Row($0, times, durations, isNameShared: namesakes[ShownName($0), default: 0] > 1) }
        guard !all.isEmpty else {
            let isNarrowed = !report.filter.conditions.isEmpty || report.filter.error != nil
            lines = isNarrowed ? [TerminalLine("  no VM to list")] : []
            return
        }

        let vCenters = Set(all.map(\.vCenter))
        let vCenterWidth =
            vCenters.count < 2
            ? 0
            : max(Self.vCenterHead.count, min(Self.largestVCenterWidth, rows.map(\.vCenter.width).max() ?? 0))
        var numberWidths = numberHeads.enumerated().map { index, head in
            rows.reduce(head.count) { max($0, $1.numbers[index].count) }
        }
        let noteHead = report.filter.error == nil ? "LATEST ERROR" : "LAST TIME"
        func takenColumns() -> Int {
            2 + (vCenterWidth > 0 ? vCenterWidth + 2 : 0) + numberWidths.reduce(0) { $0 + $1 + 2 }
        }
        // Where there is no room for all columns, the longest durations go first.
        while numberHeads.count > 3, takenColumns() + Self.smallestNameWidth > width {
            numberHeads.removeLast()
            numberWidths.removeLast()
        }
        let taken = takenColumns() + 2
        func roomForNames(_ place: NotePlace) -> Int {
            width - taken - rows.reduce(place == .below ? 0 : noteHead.count) { max($0, $1.note(place).text.count) }
        }
        let longestName = rows.reduce(2) { max($0, $1.name.width) }
        let place: NotePlace =
            if roomForNames(.beside) >= min(longestName, Self.commonNameWidth) {
                .beside
            } else {
                roomForNames(.shortened) >= min(longestName, Self.smallestNameWidth) ? .shortened : .below
            }
        let nameWidth = min(longestName, max(Self.smallestNameWidth, roomForNames(place)))

        func line(
            _ mark: (String, TerminalStyle), _ name: TerminalText, _ vCenter: TerminalText, _ numbers: [String],
            _ note: Row.Note, _ style: TerminalStyle
        ) -> TerminalLine {
            var line = TerminalLine(mark.0 + " ", mark.1)
            line.append(name.truncatedInMiddle(to: nameWidth), style)
            var column = 2 + nameWidth
            if vCenterWidth > 0 {
                line.pad(to: column + 2)
                line.append(vCenter.truncatedInMiddle(to: vCenterWidth), style)
                column += 2 + vCenterWidth
            }
            for (number, width) in zip(numbers, numberWidths) {
                column += 2 + width
                line.append(number, endingAt: column, style)
            }
            if !note.text.isEmpty { line.append("  " + note.text, note.style) }
            return line
        }

        var lines: [TerminalLine] = []
        if !rows.isEmpty {
            lines.append(
                line(
                    (" ", .plain), TerminalText("VM"), TerminalText(Self.vCenterHead), numberHeads,
                    (place == .below ? "" : noteHead, .dim), .dim
                ))
        }
        for row in rows {
            lines.append(
                line(row.condition.mark, row.name, row.vCenter, row.numbers, row.note(place), .plain))
            for detail in row.details(place) {
                lines += TerminalLine("  └ ", .dim).followed(by: detail, width: width, lines: 2)
            }
        }
        if rows.count < all.count {
            lines.append(TerminalLine("  " + ReportWords.remainder(of: all, without: shown), .dim))
        }
        self.lines = lines
    }

    /// Of a large fleet without a limit, the VMs that have something to tell.
    private static func shown(of all: [VirtualMachineReport], _ limit: Int?) -> [VirtualMachineReport] {
        if let limit { return Array(all.prefix(limit)) }
        return all.count <= automaticLimit ? all : all.filter { $0.condition < .sound }
    }
}

/// Where the note on a VM's latest failure stands. On a narrow terminal the names are worth more than how long a recovery took.
private enum NotePlace {
    case beside, shortened, below
}

/// What a VM is called in the table.
private struct ShownName: Hashable {
    let vCenter: String
    let name: String

    init(_ vm: VirtualMachineReport) {
        vCenter = vm.vCenter
        name = Row.name(of: vm).string
    }
}

/// One VM's cells.
private struct Row {
    typealias Note = (text: String, style: TerminalStyle)

    let condition: VirtualMachineReport.Condition
    let name: TerminalText
    let vCenter: TerminalText
    let numbers: [String]
    private let note: Note
    private let shortNote: Note
    private let details: [String]

    /// No column is wider.
    private static let longestName = 200

    /// The column after the numbers.
    func note(_ place: NotePlace) -> Note {
        switch place {
        case .beside: note
        case .shortened: shortNote
        case .below: ("", .plain)
        }
    }

    /// Lines below.
    func details(_ place: NotePlace) -> [String] {
        guard place == .below, !note.text.isEmpty else { return details }
        return details.isEmpty ? [note.text] : ["\(note.text): \(details[0])"] + details.dropFirst()
    }

    /// The VM's name as it can be shown, else its managed object id.
    static func name(of vm: VirtualMachineReport) -> TerminalText {
        let name = TerminalText(vm.name, upTo: longestName)
        return name.width > 0 ? name : TerminalText(vm.vm, upTo: longestName)
    }

    init(_ vm: VirtualMachineReport, _ times: LocalTimeFormat, _ durations: DurationColumns, isNameShared: Bool) {
        condition = vm.condition
        let name = Self.name(of: vm)
        let remarks = (isNameShared ? [vm.vm] : []) + (vm.isListed ? [] : [vm.condition.word])
        self.name = remarks.isEmpty ? name : TerminalText("\(name.string) (\(remarks.joined(separator: ", ")))")
        vCenter = TerminalText(vm.vCenter, upTo: Self.longestName)
        let figures = vm.figures
        numbers =
            [
                String(figures.customizations), String(figures.failed), FigureText.percent(figures.failureRate),
            ] + durations.cells(figures.durations)

        let stuck = vm.stuckSince.map { "stuck since \(times.minute($0))" }
        if let error = vm.matchedError ?? vm.latestError {
            let recovery = ReportWords.recovery(of: error).map { ", " + $0 }
            let failedAt = times.minute(error.failedAt)
            note = (failedAt + (recovery ?? ""), recovery == nil && vm.isListed ? .red : .plain)
            shortNote = (failedAt + (recovery == nil ? "" : ", ok"), note.style)
            details = [ErrorTable.errorText(id: error.id, message: error.message)] + [stuck].compactMap(\.self)
            return
        }
        details = []
        if let stuck, let since = vm.stuckSince {
            note = (stuck, .yellow)
            shortNote = ("stuck \(times.minute(since))", .yellow)
        } else {
            note = (ReportWords.unfinished(figures), .dim)
            shortNote = note
        }
    }
}

extension VirtualMachineReport.Condition {
    /// The sign before a VM's name.
    fileprivate var mark: (String, TerminalStyle) {
        switch self {
        case .failing: ("✗", .red)
        case .stuck: ("!", .yellow)
        case .recovered: ("~", .yellow)
        case .unclear: ("?", .yellow)
        case .underWay: ("·", .dim)
        case .sound: ("✓", .green)
        case .gone: ("–", .dim)
        }
    }
}
