import GuestCustomization

/// The to-do list as Markdown for a ticket or a chat, escaped like a report's.
package struct FailingMarkdown: Sendable {
    private static let messageLimit = 300
    private static let nameLimit = 120

    package init() {}

    /// The whole text, ending with a line break.
    package func render(_ report: FailingReport) -> String {
        let times = LocalTimeFormat(report.timeZone)
        var blocks = ["## Failing VMs", times.dateTimeAndZone(report.generatedAt)]
        if let filter = FailingWords.filter(of: report) { blocks.append(MarkdownText.escaped(filter)) }
        blocks.append("**\(FailingWords.summary(of: report))**")
        let warnings = FailingWords.warnings(on: report, times)
        if !warnings.isEmpty {
            blocks.append(warnings.map { "> **!** \(MarkdownText.escaped($0))" }.joined(separator: "\n>\n"))
        }
        if !report.listed.isEmpty { blocks.append(table(of: report, times)) }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private func table(of report: FailingReport, _ times: LocalTimeFormat) -> String {
        typealias Column = TableColumn<FailingVirtualMachine>
        let columns = [
            Column("vCenter") { .markdown(MarkdownText.escaped($0.vm.vCenter, upTo: Self.nameLimit)) },
            Column("VM") { .markdown(MarkdownText.escaped("\($0.vm.name) (\($0.vm.id))", upTo: Self.nameLimit)) },
            Column("Since") { TableCell(times.minute($0.since)) },
            Column("For", .right) { TableCell(FailingWords.age(of: $0, at: report.generatedAt)) },
            Column("In a row", .right) { TableCell($0.failures.map { String($0.count) } ?? FigureText.none) },
            Column("Error") { .markdown(Self.error(of: $0, times)) },
            Column("Probable cause") {
                $0.failures == nil ? "" : .markdown(MarkdownText.own(ReportWords.cause($0.cause)))
            },
        ]
        return Table(columns: columns, items: report.listed).markdown
    }

    private static func error(of vm: FailingVirtualMachine, _ times: LocalTimeFormat) -> String {
        let error = vm.failures.map {
            MarkdownText.escaped(ReportWords.error(id: $0.error.id, message: $0.error.message), upTo: messageLimit)
        }
        return [error, vm.stuckSince.map { "stuck since \(times.minute($0))" }].compactMap(\.self)
            .joined(separator: "; ")
    }
}
