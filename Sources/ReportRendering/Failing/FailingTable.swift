import GuestCustomization

/// The to-do list as a table for terminals.
package struct FailingTable: Sendable {
    /// Width, colours and time zone.
    package var format: TableFormat
    /// The name by which people call this program.
    package var program: String

    package init(_ format: TableFormat, program: String = ProgramName.called) {
        self.format = format
        self.program = program
    }

    /// The whole text, ending with a line break.
    package func render(_ report: FailingReport) -> String {
        let times = LocalTimeFormat(report.timeZone)
        var heading = TerminalLine("Failing VMs", .bold)
        heading.append(", \(times.dateTimeAndZone(report.generatedAt))")
        let filter = FailingWords.filter(of: report).map { TerminalLine("  ").followed(by: $0, width: format.width) }
        let blocks = [
            [heading] + (filter ?? []),
            TerminalLine("  ").followed(by: FailingWords.summary(of: report), width: format.width)
                + FailingWords.warnings(on: report, times).flatMap {
                    TerminalLine("! ", .yellow).followed(by: $0, width: format.width)
                },
            rows(of: report, times),
        ]
        return blocks.rendered(width: format.width, colors: format.colors)
    }

    private func rows(of report: FailingReport, _ times: LocalTimeFormat) -> [TerminalLine] {
        guard !report.listed.isEmpty else { return [] }
        let table = Table(
            columns: columns(of: report, times), items: report.listed,
            mark: { $0.failures == nil ? ("!", .yellow) : ("✗", .red) },
            details: { vm, moved in Self.details(of: vm, at: report.generatedAt, times, moved) })
        let next = ["show VM` shows what came before", "explain CAUSE` shows what to check"]
        return TableLayout(table, width: format.width).lines
            + [TerminalLine()]
            + next.flatMap { TerminalLine("  ").followed(by: "`\(program) \($0)", width: format.width, .dim) }
    }

    private func columns(
        of report: FailingReport, _ times: LocalTimeFormat
    ) -> [TableColumn<FailingVirtualMachine>] {
        typealias Column = TableColumn<FailingVirtualMachine>
        // Names need not be unique; if they are not, the managed object id distinguishes the VMs.
        var namesakes: [[String]: Int] = [:]
        for vm in report.listed { namesakes[[vm.vm.vCenter, vm.vm.name], default: 0] += 1 }
        let name = Column("VM", whenNarrow: [Narrowing(1, .shorten(to: 24)), Narrowing(3, .shorten(to: 12))]) {
            let shown = VirtualMachineTable.shownName(of: $0.vm.name, id: $0.vm.id)
            return namesakes[[$0.vm.vCenter, $0.vm.name], default: 0] > 1 && shown != $0.vm.id
                ? "\(shown) (\($0.vm.id))" : "\(shown)"
        }
        let vCenter = Column("vCenter", maximumWidth: 24, whenNarrow: [Narrowing(2, .moveBelow)]) {
            TableCell($0.vm.vCenter)
        }
        return [name] + (Set(report.listed.map(\.vm.vCenter)).count > 1 ? [vCenter] : []) + [
            Column("Since") { TableCell(times.minute($0.since), $0.failures == nil ? .yellow : .red) },
            Column("For", .right, whenNarrow: [Narrowing(2, .drop)]) {
                TableCell(FailingWords.age(of: $0, at: report.generatedAt))
            },
            Column("In a row", .right) { TableCell($0.failures.map { String($0.count) } ?? FigureText.none) },
            Column("Probable cause", whenNarrow: [Narrowing(4, .moveBelow)]) { TableCell(FailingWords.cause(of: $0)) },
        ]
    }

    private static func details(
        of vm: FailingVirtualMachine, at now: Timestamp, _ times: LocalTimeFormat, _ moved: Set<String>
    ) -> [String] {
        let places = [
            moved.contains("vCenter") ? vm.vm.vCenter : nil,
            moved.contains("Probable cause") ? FailingWords.cause(of: vm) : nil,
        ]
        let error = vm.failures.map { ReportWords.error(id: $0.error.id, message: $0.error.message) }
        let stuck = vm.failures == nil ? nil : vm.stuckSince.map { "stuck since \(times.minute($0))" }
        return (places + [error, stuck]).compactMap(\.self)
    }
}
