import ArgumentParser
import GuestCustomization
import HistoryEvidence
import HistoryStore
import ReportRendering

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify that nothing was changed, removed or invented since it was recorded.",
        discussion: """
            Checks the file itself, every seal, answer, run and poll, and computes the customizations again. It only reads, also a copy \
            or a file without write permission. What does not hold is named, with exit code 65. Someone who can rewrite the whole file \
            can rewrite its seals too: keep its head elsewhere (`\(calledName) head`) and give it to --expect. Of \
            polls that were pruned, the seals of their runs are checked, and what they came to; the output names each prune. On a large history that is being \
            written to, verify a backup: the log (-wal) cannot be emptied meanwhile.

            EXAMPLES
              \(calledName) verify
              \(calledName) verify --database copy.db --expect head.txt
              journalctl -t history | \(calledName) verify --expect -     against every head that the log has
              \(calledName) verify --since-run 4711 --quiet              nightly, from cron: only later runs, and only faults
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var expected: ExpectedHeads

    @Option(
        help: ArgumentHelp(
            "Check the polls of runs from this one on, and not the customizations.", valueName: "run"))
    var sinceRun: Int?

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if let sinceRun, sinceRun < 1 { throw ValidationError("--since-run \(sinceRun): give the number of a run.") }
    }

    func run() throws {
        let heads = try expected.heads()
        let history = try database.openForReading(messages: messages)
        let bar = ProgressBar(isVisible: messages.showsProgress, by: Clocks.machine.steady)
        let verified: VerifiedHistory
        do {
            defer { bar.clear() }
            verified = try history.verify(
                expecting: heads, from: sinceRun.map { CollectionRunID(rawValue: Int64($0)) }
            ) { bar.show($0) }
        }
        if !messages.quiet { try OutputFile(path: "-").write(Self.text(verified, history.path, heads)) }
    }

    private static func text(_ verified: VerifiedHistory, _ path: String, _ heads: [Checkpoint]) -> String {
        var lines = [
            "\(path) is as it was recorded.",
            "  \(FigureText.counted(verified.runs, "run")) with \(FigureText.counted(verified.polls, "poll"))"
                + (verified.isWhole ? "" : ", not the earlier ones and not the customizations"),
        ]
        for run in verified.unsealedRuns {
            lines.append("  run \(run) is under way, or was killed: it is not sealed yet, and is checked only in part")
        }
        if verified.amendments > 0 {
            lines.append(
                "  \(FigureText.counted(verified.amendments, "amendment")) by this program; see the view seal_history")
        }
        for prune in verified.prunes { lines += Self.lines(on: prune) }
        let trees = [verified.head] + verified.merged
        let known = heads.filter { head in trees.contains { $0.uuid == head.uuid } }
        if let latest = known.map(\.size).max() {
            lines.append(
                "  \(FigureText.counted(known.count, "expected head")), the latest of \(FigureText.counted(latest, "seal"))"
            )
        }
        lines.append("  head: \(verified.head.line)")
        for head in verified.merged { lines.append("  merged history, up to its head: \(head.line)") }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func lines(on prune: VerifiedHistory.Prune) -> [String] {
        let by = prune.by.map { " by \(TerminalText($0, upTo: 200).string)" } ?? ""
        var lines = [
            "  polls before \(prune.before.rfc3339) were pruned\(by) on \(prune.prunedAt.rfc3339): \(FigureText.counted(prune.polls, "poll")) of runs up to \(prune.lastRun.rawValue), \(FigureText.counted(prune.answers, "answer"));",
            "    the seals of these runs and what the polls came to hold, the polls themselves cannot be checked any more",
        ]
        if !prune.isComplete {
            lines.append(
                "    it was interrupted: `\(calledName) prune` goes on, and what is left of these polls is not checked")
        }
        return lines
    }
}
