import ArgumentParser
import GuestCustomization
import HistoryStore
import ReportRendering

struct Merge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Bring the history of another collector into this one.",
        discussion: """
            OTHER is only read: the history of another collector, or a backup of it. It is verified first, and then brought in as a whole or \
            not at all. Merging it again brings only what it has recorded since. Runs that have not ended come with the next merge.

            A vCenter that both have recorded is recognized by its instance UUID, or, where that is not known, by its name and address, and \
            becomes one: its customizations are those that the polls of both show, each counted once. Two vCenters that only share a \
            name stay apart; the other one gets a number (vcsa-2). Runs on a vCenter that both have recorded are numbered again in the \
            order in which they began.

            Each run stays sealed by the tree of the history that recorded it, and `\(calledName) verify` checks all trees.

            It cannot be undone, so the command asks first; without a terminal, it requires --yes. It takes about as long as recording the \
            polls of both histories did. Collectors of other vCenters wait meanwhile, and it does not begin while a run is collecting \
            from a vCenter that both have.

            EXAMPLES
              \(calledName) merge berlin.db --dry-run           what it would bring
              \(calledName) merge berlin.db
              \(calledName) merge /backup/berlin.db --yes --quiet      from cron, each night
            """)

    @Argument(help: ArgumentHelp("The other history.", valueName: "other"))
    var other: String

    @Flag(help: "Only show what would be brought in.")
    var dryRun = false

    @OptionGroup var confirmation: Confirmation

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard !other.isEmpty else { throw ValidationError("name the other history.") }
        guard !dryRun || !confirmation.yes else {
            throw ValidationError("--dry-run merges nothing, so there is nothing to say --yes to.")
        }
    }

    func run() async throws {
        let incoming = try IncomingHistory(
            other, toolVersion: toolVersion,
            waiting: .init(timeout: database.busyTimeout.duration, clock: Clocks.machine.steady),
            at: Clocks.machine.now())
        let history = dryRun ? try database.openForReading(messages: messages) : try database.openForChanging()
        let planned = try history.mergeable(from: incoming)
        guard !planned.histories.isEmpty else { return try report(planned, history) }
        let bar = ProgressBar(isVisible: messages.showsProgress, by: Clocks.machine.steady)
        defer { bar.clear() }
        try incoming.verify { bar.show($0) }
        bar.clear()
        if dryRun { return try report(planned, history) }
        try confirmation.require(
            for: "a merge",
            "Bring \(FigureText.counted(planned.runs, "run")) with \(FigureText.counted(planned.polls, "poll")) of \(other) in? This cannot be undone.",
            refusal: "nothing was merged")
        let result = try await history.merge(incoming) { done in
            bar.show("merging", done: done, of: planned.polls, unit: "polls")
        }
        bar.clear()
        try history.close()
        try report(result, history)
    }

    private func report(_ result: HistoryMergeResult, _ history: HistoryDatabase) throws {
        guard dryRun || !messages.quiet else { return }
        try OutputFile(path: "-").write(text(result, history.path).map { $0 + "\n" }.joined())
    }

    private func text(_ result: HistoryMergeResult, _ path: String) -> [String] {
        guard !result.histories.isEmpty else {
            let why = result.isCopy ? ": it is a copy of it" : ""
            return [shown("\(other) has nothing that \(path) does not have\(why)")]
        }
        let done = result.customizations != nil
        var lines = [
            shown("\(other) \(done ? "was merged into" : "has something new for") \(path)"),
            "  \(FigureText.counted(result.runs, "run")) with \(FigureText.counted(result.polls, "poll")), sealed by "
                + (result.histories.count == 1 ? "one tree" : "\(result.histories.count) trees"),
        ]
        for vCenter in result.vCenters {
            let there = vCenter.nameThere == vCenter.name ? "" : " (called \(vCenter.nameThere) there)"
            let what = vCenter.isNew ? "new" : "known"
            lines.append(
                shown(
                    "  \(vCenter.name)\(there): \(what), \(FigureText.counted(vCenter.runs, "run")), \(FigureText.counted(vCenter.polls, "poll"))"
                ))
        }
        if let customizations = result.customizations {
            lines.append("  \(customizations.before) customizations before, \(customizations.now) now")
        }
        return lines
    }

    private func shown(_ line: String) -> String { TerminalText(line).string }
}
