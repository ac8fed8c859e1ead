import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore

struct VCenterMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge two vCenters of the history.",
        discussion: """
            Moves the VMs, runs and customizations of FROM to INTO, which keeps its name. VMs with the same managed object id and instance \
            UUID become one. The result is as if all runs had been recorded under one name. It cannot be undone, so the command \
            asks first; without a terminal, it requires --yes. It takes about as long as recording the polls did.

            EXAMPLES
              \(calledName) vcenter merge vcsa vcsa.example.org
              \(calledName) vcenter merge localhost:8443 berlin --yes
            """)

    @Argument(help: ArgumentHelp("The vCenter to remove.", valueName: "from"))
    var from: String

    @Argument(help: ArgumentHelp("The vCenter to keep.", valueName: "into"))
    var into: String

    @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
    var yes = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard from != into else { throw ValidationError("\(from) cannot be merged into itself; name two vCenters.") }
    }

    func run() async throws {
        let history = try database.openForChanging()
        let source = try history.requireVCenter(from)
        let target = try history.requireVCenter(into)
        guard try yes || isConfirmed(source, target) else {
            throw HistoryError(.usage, "nothing was merged")
        }
        let result = try await history.mergeVCenter(from, into: into)
        try history.close()
        messages.say(
            .notice,
            "\(from, as: "from") is now \(into, as: "into"): moved \(result.runs, "run", as: "runs") and \(result.virtualMachines, "VM", as: "vms"), \(result.joined, as: "joined") of them VMs that both had"
        )
    }

    private static func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

    /// Asks on a terminal; only y or yes means yes.
    private func isConfirmed(_ source: RecordedVCenter, _ target: RecordedVCenter) throws -> Bool {
        guard isTerminal(.standardInput), isTerminal(.standardError) else {
            throw HistoryError(
                .usage, "a merge cannot be undone: give --yes if nobody can be asked")
        }
        if let left = source.instanceUUID, let right = target.instanceUUID, left != right {
            say("Their instance UUIDs differ: \(left) and \(right).")
        }
        ask(
            "Move \(Self.counted(source.runs, "run")) and \(Self.counted(source.virtualMachines, "VM")) of \(from) to \(into)? This cannot be undone. [y/N]"
        )
        return ["y", "yes"].contains(readLine()?.lowercased())
    }
}
