import ArgumentParser
import GuestCustomization
import ReportRendering

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show the probable cause of an error, what to check, and the guest's log file.",
        discussion: """
            Looks up an error in this program's table of probable causes; needs no history. Words that fit several \
            causes list them. The exit code is 64 if no cause is known.

            EXAMPLES
              \(calledName) explain                                       every known cause
              \(calledName) explain perl-missing
              \(calledName) explain perl                                  the causes related to it
              \(calledName) explain 'The customization script exited with status 32256'
            """)

    @Argument(
        help: ArgumentHelp(
            "The error's identifier or text, a cause's name, or words; without it, all causes are listed.",
            valueName: "id-or-text")
    )
    var text: String?

    func run() throws {
        let table = TableRenderer.forStandardOutput
        let renderer = ExplanationRenderer(width: table.width, colors: table.colors)
        guard let text else {
            try OutputFile(path: "-").write(renderer.render(FailureCause.all + [FailureCause.unreported]))
            return
        }
        if let cause = FailureCause.of(text) {
            try OutputFile(path: "-").write(renderer.render(cause))
            return
        }
        let causes = FailureCause.matching(words: text)
        guard !causes.isEmpty else { throw Self.unknown(text) }
        try OutputFile(path: "-").write(causes.count == 1 ? renderer.render(causes[0]) : renderer.render(causes))
    }

    private static func unknown(_ text: String) -> HistoryError {
        let asked = TerminalText(text, upTo: 200).truncated(to: 200).string
        let names = (FailureCause.all + [FailureCause.unreported]).map(\.name)
        let nearest = NearestWord.several(to: text, among: names, atMost: 3)
        let logs = GuestLog.general.map(\.path).joined(separator: ", ")
        return HistoryError(
            .usage,
            "no cause is known for \"\(asked)\"",
            advice: (nearest.isEmpty ? "" : "nearest: \(nearest.joined(separator: ", ")); ")
                + "`\(calledName) explain` lists all; the guest's logs have more details: \(logs)")
    }
}
