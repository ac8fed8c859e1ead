import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import ReportRendering

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one VM's customizations in order, its names, and its latest answer.",
        discussion: """
            EXAMPLES
              \(calledName) show vm-42
              \(calledName) show web-01 --vcenter vcsa.example.org
              \(calledName) show web-01 --format json | jq '.customizations[-1]'
              \(calledName) show web-01 --polls --since 7d
              \(calledName) show web-01 --polls --body --limit 1     the latest answer as vCenter sent it
            """)

    @Argument(
        help: ArgumentHelp(
            "Its managed object id, instance UUID, name or a former name, in this order.", valueName: "vm"))
    var vm: String

    @OptionGroup var database: DatabaseOptions

    @Option(
        name: .customLong("vcenter"), help: ArgumentHelp("Look only in these vCenters; repeatable.", valueName: "name"))
    var vCenters: [String] = []

    @Flag(help: "Show its polls instead of its customizations.")
    var polls = false

    @Option(
        help: ArgumentHelp("With --polls: show those since then, such as 7d or 2026-11-01.", valueName: "time"))
    var since: String?

    @Flag(help: "With --polls: show the answers as vCenter sent them.")
    var body = false

    @Option(help: "The number of customizations or polls to show, the latest ones.")
    var limit = 50

    @Option(help: "The output format: table or json.")
    var format = TableOrJSON.table

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit \(limit): give 1 to 1000000.") }
        guard polls || since == nil && !body else {
            throw ValidationError("\(body ? "--body" : "--since") is about polls; give --polls too.")
        }
    }

    func run() throws {
        let history = try database.openForReading(messages: messages)
        let now = Clocks.machine.now()
        let since = try since.map { try ReportWindow(since: $0, now: now, timeZone: .current).since }
        let shown = try history.atOneInstant {
            let (machine, namesakes) = try history.requireVirtualMachine(vm, in: vCenters)
            var shown = try history.history(of: machine, limit: limit)
            shown.namesakes = namesakes
            if polls {
                shown.polls = try history.polls(of: machine, since: since, limit: limit, includingBodies: body)
            }
            return shown
        }
        switch format {
        case .table:
            try OutputFile(path: "-").write(
                VirtualMachineHistoryTable(.forStandardOutput).render(shown, generatedAt: now))
        case .json: try OutputFile(path: "-").write(VirtualMachineHistoryJSON().render(shown, generatedAt: now))
        }
    }
}
