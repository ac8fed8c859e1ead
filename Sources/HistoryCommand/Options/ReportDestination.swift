import ArgumentParser
import GuestCustomization
import ReportRendering

/// In which format a report is written, and where to.
struct ReportDestination: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, csv, markdown, html
    }

    @Option(
        help:
            "How the report is written: table, json, csv, markdown or html. In csv a text that a spreadsheet would run as a formula has a ' before it."
    )
    var format = Format.table

    @Option(
        help: ArgumentHelp(
            "Where it is written, whole or not at all; - is standard output.", valueName: "file"))
    var output = "-"

    var isFile: Bool { output != "-" }

    /// - Parameter history: Path of the history that the report is on.
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
            case .html: [HTMLRenderer(limit: limit).render(report)]
            }
        try OutputFile(path: output, history: history).write(pieces)
    }

    private func table(_ breakdown: ReportBreakdown, _ limit: Int?, _ showsAllDurations: Bool) -> TableRenderer {
        // A file is read later, and elsewhere.
        var table = isFile ? TableRenderer() : TableRenderer.forStandardOutput
        table.breakdown = breakdown
        table.limit = limit
        table.showsAllDurations = showsAllDurations
        return table
    }
}
