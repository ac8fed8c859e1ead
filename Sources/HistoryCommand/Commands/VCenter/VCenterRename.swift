import ArgumentParser
import HistoryStore
import ReportRendering

struct VCenterRename: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a vCenter of the history another name.",
        discussion: """
            From now on its runs are recorded under the new name, whatever the configuration calls it, because its instance UUID \
            identifies it.

            EXAMPLES
              \(calledName) vcenter rename localhost:8443 berlin
              \(calledName) vcenter rename vcsa.example.org vcsa-until-2026     it was rebuilt; the new one takes the name
            """)

    @Argument(help: ArgumentHelp("Its current name in the history.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("Its new name.", valueName: "new"))
    var new: String

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard new.contains(where: { !$0.isWhitespace }), new.utf8.count <= 200, TerminalText(new).string == new else {
            throw ValidationError("the new name: give 1 to 200 visible characters.")
        }
        guard old != new else { throw ValidationError("\(new) is already its name.") }
    }

    func run() async throws {
        let history = try database.openForChanging()
        try history.requireVCenter(old)
        try await history.renameVCenter(old, to: new)
        try history.close()
        messages.say(.notice, "\(old, as: "old") is now called \(new, as: "new")")
    }
}
