import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import ReportRendering

struct VCenterMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge two vCenters of the history.",
        discussion: """
            Moves the VMs, runs and customizations of FROM to INTO, which keeps its name. VMs with the same managed object id and instance \
            UUID become one. The result is as if all runs had been recorded under one name. It cannot be undone, so the command \
            asks first; without a terminal, it requires --yes. It takes about as long as recording the polls did.

            That needs all polls of both: once `\(calledName) prune` has removed polls of one of them, it is refused, and both stay as they are.

            EXAMPLES
              \(calledName) vcenter merge vcsa vcsa.example.org
              \(calledName) vcenter merge localhost:8443 berlin --yes
            """)

    @Argument(help: ArgumentHelp("The vCenter to remove.", valueName: "from"))
    var from: String

    @Argument(help: ArgumentHelp("The vCenter to keep.", valueName: "into"))
    var into: String

    @OptionGroup var confirmation: Confirmation

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard from != into else { throw ValidationError("\(from) cannot be merged into itself; name two vCenters.") }
    }

    func run() async throws {
        let history = try database.openForChanging()
        let source = try history.requireVCenter(from)
        let target = try history.requireVCenter(into)
        try confirmation.require(
            for: "a merge", saying: Self.warnings(source, target),
            "Move \(FigureText.counted(source.runs, "run")) and \(FigureText.counted(source.virtualMachines, "VM")) of \(from) to \(into)? This cannot be undone.",
            refusal: "nothing was merged")
        let result = try await history.mergeVCenter(from, into: into)
        try history.close()
        messages.say(
            .notice,
            "\(from, as: "from") is now \(into, as: "into"): moved \(result.runs, "run", as: "runs") and \(result.virtualMachines, "VM", as: "vms"), \(result.joined, as: "joined") of them VMs that both had"
        )
    }

    private static func warnings(_ source: RecordedVCenter, _ target: RecordedVCenter) -> [String] {
        guard let left = source.instanceUUID, let right = target.instanceUUID, left != right else { return [] }
        return ["Their instance UUIDs differ: \(left) and \(right)."]
    }
}
