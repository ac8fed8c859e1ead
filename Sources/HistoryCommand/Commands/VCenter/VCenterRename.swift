import ArgumentParser
import HistoryStore
import ReportRendering

struct VCenterRename: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a vCenter of the history another name.",
        discussion: """
            Its runs are recorded under the new name from now on, whatever the configuration calls it, since its instance UUID \
            tells which it is.

            EXAMPLES
              \(calledName) vcenter rename localhost:8443 berlin
              \(calledName) vcenter rename vcsa.example.org vcsa-until-2026     it was rebuilt; the new one takes the name
            """)

    @Argument(help: ArgumentHelp("What the history calls it now.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("What it is to be called.", valueName: "new"))
    var new: String

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard new.contains(where: { !$0.isWhitespace }), new.utf8.count <= 200, TerminalText(new).string == new else {
            throw ValidationError("the new name: give 1 to 200 visible characters.")
        }
        guard old != new else { throw ValidationError("\(new) is its name already.") }
    }

    func run() async throws {
        let history = try database.openForChanging()
        try history.requireVCenter(old)
        try await history.renameVCenter(old, to: new)
        try history.close()
        messages.say(.notice, "\(old) is now called \(new)")
    }
}
