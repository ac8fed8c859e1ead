import GuestCustomization

/// The breakdowns of a report as Markdown tables, each with a note on the rows it leaves out.
struct MarkdownTables {
    /// Maximum number of rows.
    let limit: Int

    private static let messageLimit = 300
    private static let nameLimit = 120

    func errors(of report: Report) -> String {
        let cause = TableColumn<ErrorGroup>("Probable cause") {
            .markdown(MarkdownText.own(ReportWords.cause($0.cause)))
        }
        let error = TableColumn<ErrorGroup>("Error") {
            .markdown(MarkdownText.escaped($0.words, upTo: Self.messageLimit))
        }
        return table(Self.counts() + [error, cause], report.listedErrors, "more error")
    }

    func causes(of report: Report) -> String {
        let errors = TableColumn<CauseGroup>("Errors", .right) { "\($0.errors.count)" }
        let cause = TableColumn<CauseGroup>("Probable cause") { .markdown(MarkdownText.own($0.words)) }
        return table(Self.counts() + [errors, cause], report.listedCauses, "more cause")
    }

    private static func counts<Group: FailureGroup>() -> [TableColumn<Group>] {
        [TableColumn("Failed", .right) { "\($0.count)" }, TableColumn("VMs", .right) { "\($0.virtualMachines)" }]
    }

    func days(of report: Report) -> String {
        let days = report.days.newest(limit)
        let columns: [TableColumn<DayReport>] =
            [Self.name("Day", \.date)]
            + Self.figures(DayReport.self) { .init(figures: $0.figures, isWithoutData: $0.isWithoutData) }
        return Table(columns: columns, items: Array(days)).markdown
            + rest(report.days.count - days.count, "earlier day")
    }

    func vCenters(of report: Report) -> String {
        let columns: [TableColumn<VCenterReport>] =
            [Self.name("vCenter", \.name)]
            + Self.figures(VCenterReport.self) { .init(figures: $0.figures, isWithoutData: $0.isWithoutData) }
        return table(columns, report.vCenters, "more vCenter")
    }

    /// If there are no figures, the first column says so.
    static func figures<Row>(
        _: Row.Type, _ figures: @escaping (Row) -> FigureColumns.Item
    ) -> [TableColumn<Row>] {
        var columns = FigureColumns.all(.few, showsIntervals: true)
        for (index, cell) in columns.map(\.cell).enumerated() {
            columns[index].cell = {
                $0.isWithoutData ? TableCell(index == 0 ? "no data" : FigureText.none) : cell($0)
            }
        }
        return columns.map { $0.of(figures) }
    }

    func virtualMachines(of report: Report, _ times: LocalTimeFormat) -> String {
        typealias Column = TableColumn<VirtualMachineReport>
        let all = report.listedVirtualMachines
        let shown = all.prefix(limit)
        let columns: [Column] =
            (all.areOnSeveralVCenters ? [Self.name("vCenter", \.vCenter)] : [])
            + [Self.name("VM") { "\($0.name) (\($0.vm))" }, Column("State") { TableCell($0.condition.word) }]
            + FigureColumns.all(.few, showsIntervals: false).map { $0.of { .init(figures: $0.figures) } }
            + [Column("Latest error") { .markdown(Self.note(on: $0, times)) }]
        return Table(columns: columns, items: Array(shown)).markdown
            + (shown.count == all.count ? "" : "\n\n\(ReportWords.remainder(of: all, without: Array(shown)))")
    }

    private static func note(on vm: VirtualMachineReport, _ times: LocalTimeFormat) -> String {
        let failed = (vm.matchedError ?? vm.latestError).map { error in
            let text = ReportWords.error(id: error.id, message: error.message)
            return times.minute(error.failedAt) + (ReportWords.recovery(of: error).map { ", " + $0 } ?? "") + ": "
                + MarkdownText.escaped(text, upTo: messageLimit)
        }
        let notes = [failed, vm.stuckSince.map { "stuck since \(times.minute($0))" }].compactMap(\.self)
        return notes.isEmpty ? ReportWords.unfinished(vm.figures) : notes.joined(separator: "; ")
    }

    static func name<Row>(_ title: String, _ name: @escaping (Row) -> String) -> TableColumn<Row> {
        TableColumn(title) { .markdown(MarkdownText.escaped(name($0), upTo: nameLimit)) }
    }

    func table<Row>(_ columns: [TableColumn<Row>], _ all: [Row], _ noun: String) -> String {
        Table(columns: columns, items: Array(all.prefix(limit))).markdown + rest(all.count - limit, noun)
    }

    private func rest(_ count: Int, _ noun: String) -> String {
        count > 0 ? "\n\n… and \(FigureText.counted(count, noun))" : ""
    }
}
