import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import ReportRendering

struct VCenterList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the vCenters of the history: their UUIDs, their addresses, and what is recorded about them.",
        discussion: """
            EXAMPLES
              \(calledName) vcenter list
              \(calledName) vcenter list --format json | jq -r '.vcenters[].name'
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: "The output format: table or json.")
    var format = TableOrJSON.table

    @OptionGroup var messages: MessageOptions

    func run() throws {
        let vCenters = try database.openForReading(messages: messages).vCenters()
        let now = Clocks.machine.now()
        switch format {
        case .table:
            try OutputFile(path: "-").write(
                VCenterTable(.forStandardOutput).render(vCenters, generatedAt: now))
        case .json: try OutputFile(path: "-").write(VCenterListJSON().render(vCenters, generatedAt: now))
        }
    }
}
