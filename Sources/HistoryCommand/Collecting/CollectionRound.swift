import Foundation
import GuestCustomization
import HistoryConfiguration
import HistoryStore
import VCenterClient

/// Passes over all vCenters in parallel, so that a dead one does not hold up the others.
struct CollectionRound: Sendable {
    let vCenters: [VCenterConfiguration]
    let atOnce: Int
    /// Why the concurrency is lower than requested.
    let shortage: Problem?
    let history: HistoryDatabase
    let messages: MessageOptions
    let globs: VirtualMachineGlobs
    let clocks: Clocks
    let following: Duration?
    let handover: HeadHandover
    let noteProgress: @Sendable () -> Void
    private let reporter: ProblemReporter
    private let logins: LoginGate

    init(
        over vCenters: [VCenterConfiguration], atOnce: Int, shortOf shortage: Problem?,
        into history: HistoryDatabase, messages: MessageOptions, matching globs: VirtualMachineGlobs,
        by clocks: Clocks, following: Duration?, handing handover: HeadHandover,
        noteProgress: @escaping @Sendable () -> Void
    ) {
        self.vCenters = vCenters
        self.atOnce = atOnce
        self.shortage = shortage
        self.history = history
        self.messages = messages
        self.globs = globs
        self.clocks = clocks
        self.following = following
        self.handover = handover
        self.noteProgress = noteProgress
        reporter = ProblemReporter(messages, of: history, now: clocks.now)
        logins = LoginGate(beside: history.path, by: clocks)
    }

    /// Polls each vCenter once, whatever happens to the others; returns their highest exit code.
    func run() async -> ExitStatus? {
        let began = clocks.steady.now()
        reporter.beginPass()
        await logins.beginPass()
        reportShortage()
        let bar = RoundProgress(ProgressBar(isVisible: messages.showsProgress, by: clocks.steady))
        let outcomes = await vCenters.mapSideBySide(atOnce: atOnce) { await pass(over: $0, bar).run() }
        bar.clear()
        var status = outcomes.compactMap(\.status).max()
        if let matched = hasMatched(outcomes) {
            let problem = Problem(
                level: .error,
                line: "\(globs.words, as: "vms"): no listed VM has such an id or name; nothing was polled",
                kinds: ["no match"])
            if !matched {
                reporter.report(problem, in: globs.words)
                status = max(status ?? .incomplete, .incomplete)
            }
            reporter.end(globs.words, in: globs.words, but: matched ? [] : [problem])
        }
        status = [status, await handover.run(history, reporter)].compactMap(\.self).max()
        if messages.printsSummary, let line = RoundFigures(outcomes).line(after: clocks.steady.now() - began) {
            messages.say(.notice, line)
        }
        return status
    }

    private func pass(over vCenter: VCenterConfiguration, _ bar: RoundProgress) -> CollectionPass {
        CollectionPass(
            vCenter: vCenter, history: history, messages: messages, reporter: reporter, logins: logins, globs: globs,
            clocks: clocks, following: following,
            progress: { progress in
                noteProgress()
                bar.show(progress)
                // What only the listing needed, and then what only the connections needed.
                if progress.polled == 1 || progress.polled == 1000 { PassingMemory.giveBack() }
            }, noteProgress: noteProgress)
    }

    private func reportShortage() {
        let scope = "open files"
        if let shortage { reporter.report(shortage, in: scope) }
        reporter.end(scope, in: scope, but: shortage.map { [$0] } ?? [])
    }

    /// Whether `--vm` names a VM of any vCenter; `nil` if that is unknown, or without `--vm`.
    private func hasMatched(_ outcomes: [CollectionPass.Outcome]) -> Bool? {
        let summaries = outcomes.flatMap(\.summaries)
        guard !globs.isEmpty, !summaries.isEmpty, !Task.isCancelled else { return nil }
        if summaries.contains(where: { $0.virtualMachines > 0 }) { return true }
        return summaries.allSatisfy { $0.failure == nil } ? false : nil
    }
}

extension LoginGate {
    /// A gate whose record is shared by all processes that collect into a history.
    init(beside database: String, by clocks: Clocks, isAskedByPerson: Bool = false) {
        let file = StateFile(beside: database, name: "logins") { LoginRefusals() }
        self.init(isAskedByPerson: isAskedByPerson, now: clocks.now, clock: clocks.steady) { change in
            try file.update(change)
        }
    }
}
