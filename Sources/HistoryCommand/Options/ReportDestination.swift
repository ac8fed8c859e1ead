import ArgumentParser
import GuestCustomization
import ReportRendering

/// The format of a report, and where it is written.
struct ReportDestination: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, csv, markdown, html
    }

    @Option(
        help:
            "The report's format: table, json, csv, markdown or html. In csv, a text that a spreadsheet would run as a formula is prefixed with '."
    )
    var format = Format.table

    @Option(
        help: ArgumentHelp(
            "The file to write, completely or not at all; - is standard output.", valueName: "file"))
    var output = "-"

    @Flag(
        help:
            "With --format html, write a mail for `sendmail -t`: the table as text, and a page that mail programs show."
    )
    var mail = false

    @Option(
        help: ArgumentHelp(
            "The address that --mail sends to; repeatable. Without it, put a To: line in front yourself.",
            valueName: "address"))
    var to: [MailAddress] = []

    func validate() throws {
        if mail, format != .html { throw ValidationError("--mail writes html: add --format html.") }
        if !mail, !to.isEmpty { throw ValidationError("--to belongs to --mail: add --format html --mail.") }
    }

    var isFile: Bool { output != "-" }

    /// - Parameter history: The path of the reported history.
    func write(
        _ report: Report, of history: String, by breakdown: ReportBreakdown, limit: Int?, showsAllDurations: Bool
    ) throws {
        let pieces =
            switch format {
            case .table:
                [table(breakdown, limit, showsAllDurations).render(report)]
            case .json: JSONRenderer(by: breakdown, limit: limit).pieces(of: report)
            case .csv: [CSVRenderer(by: breakdown, limit: limit).render(report)]
            case .markdown: [MarkdownRenderer(by: breakdown, limit: limit).render(report)]
            case .html where mail: [MailRenderer(to: to, limit: limit).render(report)]
            case .html: [HTMLRenderer(limit: limit).render(report)]
            }
        try OutputFile(path: output, history: history).write(pieces)
    }

    private func table(_ breakdown: ReportBreakdown, _ limit: Int?, _ showsAllDurations: Bool) -> TableRenderer {
        // A file is read later, on another terminal.
        var table = isFile ? TableRenderer() : TableRenderer.forStandardOutput
        table.breakdown = breakdown
        table.limit = limit
        table.showsAllDurations = showsAllDurations
        return table
    }
}

extension MailAddress: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
