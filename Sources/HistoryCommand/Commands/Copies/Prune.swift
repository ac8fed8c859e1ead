import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import Logging
import ReportRendering

struct Prune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove old polls, and the answers that nothing else uses.",
        discussion: """
            Everything is kept unless this is run. It removes the polls of the runs that began before a date, from the first run on to the \
            first that did not, or has not ended. Customizations, runs with their figures, names, listings and seals are kept: reports stay \
            the same, and `\(calledName) verify` still checks the seals; it says what was pruned, and so do `report`, `runs` and `show`. \
            The removal is sealed: who, when, and how many polls and answers.

            The history is verified first, which takes about as long as recording the polls did. Nothing can be restored afterwards, so the \
            command asks; without a terminal, it requires --yes. Back up first if in doubt. A run that is collecting goes on meanwhile: each \
            step takes a fraction of a second, also those that give the space back to the disk. If it is interrupted, the next prune goes on.

            EXAMPLES
              \(calledName) prune --before 365d --dry-run      what a year's retention would remove and free
              \(calledName) prune --before 2026-01-01
              \(calledName) prune --before 365d --yes          from cron

            --before takes \(ReportWindow.grammar).
            """)

    @Option(help: ArgumentHelp("Remove the polls of runs that began before then.", valueName: "time"))
    var before: String

    @Flag(help: "Only say what would be removed and freed.")
    var dryRun = false

    @OptionGroup var confirmation: Confirmation

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var messages: MessageOptions

    func run() async throws {
        let now = Clocks.machine.now()
        let date = try ReportWindow.instant(before, of: "--before", now: now, timeZone: .current)
        guard date <= now else {
            throw HistoryError(.usage, "--before \(before): \(date.rfc3339) has not come yet; give a time in the past")
        }
        let bar = ProgressBar(isVisible: messages.showsProgress, by: Clocks.machine.steady)
        defer { bar.clear() }
        let history = try dryRun ? database.openForReading(messages: messages) : database.openForChanging()
        let claim = try dryRun ? nil : history.claimPruning()
        let prepared = try history.preparePrune(before: date) { bar.show($0) }
        bar.clear()
        let summary = prepared.summary
        if dryRun { return try OutputFile(path: "-").write(PruneWords.plan(summary, in: .current)) }
        guard summary.lastRun != nil || summary.isUnfinished else {
            return messages.say(
                level, "\(history.path, as: "database"): nothing to prune before \(date.rfc3339, as: "before")")
        }
        try confirmation.require(
            for: "a prune", orElse: ", or --dry-run to see what it removes",
            saying: PruneWords.plan(summary, in: .current).split(separator: "\n").map(String.init),
            "Remove this? It cannot be undone.", refusal: "nothing was pruned")
        try await history.prune(prepared, holding: claim, at: Clocks.machine.now()) { bar.show($0) }
        try history.close()
        bar.clear()
        messages.say(
            level,
            "\(history.path, as: "database"): pruned \(summary.polls, "poll", as: "polls") of \(summary.runs, "run", as: "runs") and \(summary.answers, "answer", as: "answers") from before \(date.rfc3339, as: "before")"
        )
    }

    /// From cron, it says nothing if all went well.
    private var level: Logger.Level { messages.printsSummary ? .notice : .info }
}

extension ProgressBar {
    func show(_ step: HistoryDatabase.PruneStep) {
        switch step {
        case .verifying(let step): show(step)
        case .computing: show("computing what the polls came to", done: 0, of: 1, unit: "steps")
        case .preparing: show("keeping what the polls came to", done: 0, of: 1, unit: "steps")
        case .removing: show("removing", done: 0, of: 1, unit: "steps")
        case .givingSpaceBack(let done, let total): show("giving space back", done: done, of: total, unit: "pages")
        }
    }
}
