import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import ReportRendering

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Tell failure rates, durations and the latest error of each VM.",
        discussion: """
            A customization that was polled a thousand times counts once. Reads the history only; never makes or changes a \
            file.

            EXAMPLES
              \(calledName) report                                        the last 7 days
              \(calledName) report --since yesterday --until today
              \(calledName) report --since 2026-11-01T08:00 --vm 'web-*'
              \(calledName) report --since 30d --format json | jq .summary
              \(calledName) report --explain                              what each figure means

            --since and --until take \(ReportWindow.grammar).
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("Where the window begins.", valueName: "time"))
    var since = "7d"

    @Option(help: ArgumentHelp("Where the window ends; this instant is no more in it.", valueName: "time"))
    var until = "now"

    @Option(
        name: .customLong("vm"),
        help: ArgumentHelp(
            "Only these VMs: a managed object id, a name or a glob; repeatable.", valueName: "id-or-glob"))
    var vms: [String] = []

    @Option(name: .customLong("vcenter"), help: ArgumentHelp("Only these vCenters; repeatable.", valueName: "name"))
    var vCenters: [String] = []

    @Option(
        name: .customLong("endpoint"),
        help: "Only what this endpoint told: customization-live or customization; repeatable.")
    var endpoints: [Endpoint] = []

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(help: "How the report is written: table or json.")
    var format = Format.table

    @Option(help: "Running or pending for longer than this counts as stuck.")
    var stuckAfter = DurationArgument.of("1h")

    @Flag(help: "Print how each figure is defined, and nothing else.")
    var explain = false

    func run() throws {
        if explain {
            print(ReportDefinitions.text, terminator: "")
            return
        }
        let now = Timestamp.now()
        let window = try ReportWindow(since: since, until: until, now: now, timeZone: .current)
        let history = try database.openForReading()
        let filter = ReportFilter(vms: vms, vCenters: vCenters, endpoints: endpoints)
        let report = try Report(
            of: history, window: window, matching: filter, stuckAfterSeconds: stuckAfter.duration.seconds,
            generatedAt: now)
        switch format {
        case .table: print(TableRenderer.forStandardOutput.render(report), terminator: "")
        case .json: print(JSONRenderer().render(report), terminator: "")
        }
    }
}

extension Endpoint: ExpressibleByArgument {}
