import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore

struct VCenterMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make two vCenters of the history one.",
        discussion: """
            Moves the VMs, runs and customizations of FROM to INTO, whose name stays. VMs of one managed object id and instance \
            UUID become one. Everything is as if all runs had been recorded under one name; it cannot be taken back, so \
            it asks first, and without a terminal wants --yes. Takes about as long as recording the polls did.

            EXAMPLES
              \(calledName) vcenter merge vcsa vcsa.example.org
              \(calledName) vcenter merge localhost:8443 berlin --yes
            """)

    @Argument(help: ArgumentHelp("The one that goes.", valueName: "from"))
    var from: String

    @Argument(help: ArgumentHelp("The one that stays.", valueName: "into"))
    var into: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
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
            throw CommandFailure(.usage, "nothing was merged")
        }
        let result = try await history.mergeVCenter(from, into: into)
        try history.close()
        messages.say(
            .notice,
            "\(from) is \(into) now: moved \(Self.counted(result.runs, "run")) and \(Self.counted(result.virtualMachines, "VM")), \(result.joined) of them VMs that both had"
        )
    }

    private static func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

    /// Asks on a terminal; only a plain yes is one.
    private func isConfirmed(_ source: RecordedVCenter, _ target: RecordedVCenter) throws -> Bool {
        guard isTerminal(.standardInput), isTerminal(.standardError) else {
            throw CommandFailure(
                .usage, "merging cannot be taken back: give --yes where nobody can be asked")
        }
        if let left = source.instanceUUID, let right = target.instanceUUID, left != right {
            say("They are two vCenters by their instance UUIDs: \(left) and \(right).")
        }
        ask(
            "Move \(Self.counted(source.runs, "run")) and \(Self.counted(source.virtualMachines, "VM")) of \(from) to \(into)? This cannot be taken back. [y/N]"
        )
        return ["y", "yes"].contains(readLine()?.lowercased())
    }
}
