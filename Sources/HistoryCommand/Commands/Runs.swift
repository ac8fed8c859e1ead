import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import ReportRendering

struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Show the collection runs, how they ended, their speed, and the gaps between them.",
        discussion: """
            EXAMPLES
              \(calledName) runs                                the last 7 days, the newest first
              \(calledName) runs --since 30d --vcenter vcsa.example.org --limit 1000
              \(calledName) runs --format json | jq '.runs[] | select(.outcome != "complete")'

            --since and --until take \(ReportWindow.grammar).
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("The start of the window.", valueName: "time"))
    var since = "7d"

    @Option(help: ArgumentHelp("The end of the window, exclusive.", valueName: "time"))
    var until = "now"

    @Option(name: .customLong("vcenter"), help: ArgumentHelp("Only these vCenters; repeatable.", valueName: "name"))
    var vCenters: [String] = []

    @Option(
        name: .customLong("endpoint"),
        help: "Only this endpoint: customization-live, customization or events; repeatable.")
    var endpoints: [Endpoint] = []

    @Option(help: "The number of runs to show, the newest first.")
    var limit = 50

    @Option(help: "The output format: table or json.")
    var format = TableOrJSON.table

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit \(limit): give 1 to 1000000.") }
    }

    func run() throws {
        let now = Clocks.machine.now()
        let window = try ReportWindow(since: since, until: until, now: now, timeZone: .current)
        let history = try database.openForReading(messages: messages)
        let filter = ReportFilter(vCenters: vCenters, endpoints: endpoints)
        try history.requireKnown(filter)
        let report = try history.runReport(on: window, matching: filter, limit: limit, generatedAt: now)
        switch format {
        case .table:
            try OutputFile(path: "-").write(RunReportTable(.forStandardOutput).render(report))
        case .json: try OutputFile(path: "-").write(RunReportJSON().render(report))
        }
    }
}
