import GuestCustomization

/// The VMs in the table format, the worst first.
enum VirtualMachineTable {
    private static let defaultLimit = 50

    static func lines(
        of report: Report, width: Int, times: LocalTimeFormat, limit: Int?, _ durations: DurationColumns
    ) -> [TerminalLine] {
        let all = report.listedVirtualMachines
        guard !all.isEmpty else {
            let isNarrowed = !report.filter.conditions.isEmpty || report.filter.error != nil
            return isNarrowed ? [TerminalLine("  no VM to list")] : []
        }
        let shown = shown(of: all, limit)
        let table = Table(
            columns: columns(of: report, times, durations), items: shown, mark: { $0.condition.mark },
            details: { vm, moved in details(of: vm, times, isNoteMoved: moved.contains(noteTitle(of: report))) })
        return TableLayout(table, width: width).lines
            + (shown.count < all.count
                ? [TerminalLine("  " + ReportWords.remainder(of: all, without: shown), .dim)] : [])
    }

    /// In a large fleet without a limit, only the VMs with something to report.
    private static func shown(of all: [VirtualMachineReport], _ limit: Int?) -> [VirtualMachineReport] {
        if let limit { return Array(all.prefix(limit)) }
        return all.count <= defaultLimit ? all : all.filter { $0.condition < .sound }
    }

    /// On a narrow terminal the names matter more than how long a recovery took.
    private static func columns(
        of report: Report, _ times: LocalTimeFormat, _ durations: DurationColumns
    ) -> [TableColumn<VirtualMachineReport>] {
        let all = report.listedVirtualMachines
        // Names need not be unique; if they are not, the managed object id distinguishes the VMs.
        var namesakes: [ShownName: Int] = [:]
        for vm in all { namesakes[ShownName(vm), default: 0] += 1 }
        let name = TableColumn<VirtualMachineReport>(
            "VM", whenNarrow: [Narrowing(1, .shorten(to: 24)), Narrowing(3, .shorten(to: 12))]
        ) { vm in
            let remarks =
                (namesakes[ShownName(vm), default: 0] > 1 ? [vm.vm] : []) + (vm.isListed ? [] : [vm.condition.word])
            let name = shownName(of: vm.name, id: vm.vm)
            return TableCell(remarks.isEmpty ? name : "\(name) (\(remarks.joined(separator: ", ")))")
        }
        let vCenter = TableColumn<VirtualMachineReport>("vCenter", maximumWidth: 16) { TableCell($0.vCenter) }
        let note = TableColumn<VirtualMachineReport>(
            noteTitle(of: report), whenNarrow: [Narrowing(2, .abbreviate), Narrowing(4, .moveBelow)]
        ) { Self.note(on: $0, times) }
        return [name] + (all.areOnSeveralVCenters ? [vCenter] : [])
            + FigureColumns.all(durations, showsIntervals: false).map { $0.of { .init(figures: $0.figures) } } + [note]
    }

    private static func noteTitle(of report: Report) -> String {
        report.filter.error == nil ? "Latest error" : "Last time"
    }

    /// The VM's printable name, else its managed object id.
    static func shownName(of name: String, id: String) -> String {
        let shown = TerminalText(name, upTo: 200)
        return shown.width > 0 ? shown.string : id
    }

    /// When it last failed and recovered, or what is under way.
    private static func note(on vm: VirtualMachineReport, _ times: LocalTimeFormat) -> TableCell {
        if let error = vm.matchedError ?? vm.latestError {
            let failedAt = times.minute(error.failedAt)
            guard let recovery = ReportWords.recovery(of: error) else {
                return TableCell(failedAt, vm.isListed ? .red : .plain)
            }
            return TableCell("\(failedAt), \(recovery)", abbreviation: "\(failedAt), ok")
        }
        if let since = vm.stuckSince.map(times.minute) {
            return TableCell("stuck since \(since)", .yellow, abbreviation: "stuck \(since)")
        }
        return TableCell(ReportWords.unfinished(vm.figures), .dim)
    }

    private static func details(
        of vm: VirtualMachineReport, _ times: LocalTimeFormat, isNoteMoved: Bool
    ) -> [String] {
        let note = isNoteMoved ? note(on: vm, times).text : ""
        guard let error = vm.matchedError ?? vm.latestError else { return note.isEmpty ? [] : [note] }
        let text = ReportWords.error(id: error.id, message: error.message)
        return [note.isEmpty ? text : "\(note): \(text)"]
            + (vm.stuckSince.map { ["stuck since \(times.minute($0))"] } ?? [])
    }
}

/// The name of a VM in the table.
private struct ShownName: Hashable {
    let vCenter: String
    let name: String

    init(_ vm: VirtualMachineReport) {
        vCenter = vm.vCenter
        name = VirtualMachineTable.shownName(of: vm.name, id: vm.vm)
    }
}

extension VirtualMachineReport.Condition {
    /// The sign before a VM's name.
    fileprivate var mark: TableMark {
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
