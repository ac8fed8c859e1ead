import ArgumentParser
import GuestCustomization
import ReportRendering

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell the probable cause of an error, what to check, and the guest's log file.",
        discussion: """
            Looks an error up in the table of causes that this program has; needs no history. An error that is not in the \
            table is said to be unknown.

            EXAMPLES
              \(calledName) explain                                       every known cause
              \(calledName) explain perl-missing
              \(calledName) explain 'The customization script exited with status 32256'
            """)

    @Argument(
        help: ArgumentHelp(
            "The error's identifier or text, or a cause's name; all causes if it is left out.", valueName: "id-or-text")
    )
    var text: String?

    func run() throws {
        let table = TableRenderer.forStandardOutput
        let renderer = ExplanationRenderer(width: table.width, colors: table.colors)
        guard let text else {
            try OutputFile(path: "-").write(renderer.render(FailureCause.all + [FailureCause.unreported]))
            return
        }
        try OutputFile(path: "-").write(renderer.render(FailureCause.of(text), of: text))
    }
}
