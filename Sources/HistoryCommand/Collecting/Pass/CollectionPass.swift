import Foundation
import GuestCustomization
import HistoryConfiguration
import HistoryStore
import Logging
import ReportRendering
import VCenterClient

/// One pass over one vCenter, and its messages.
struct CollectionPass: Sendable {
    let vCenter: VCenterConfiguration
    let history: HistoryDatabase
    let messages: MessageOptions
    let reporter: ProblemReporter
    let logins: LoginGate
    let globs: VirtualMachineGlobs
    let clocks: Clocks
    /// How long to keep polling running and pending customizations; `nil` for not at all.
    let following: Duration?
    let progress: @Sendable (CollectionProgress) -> Void
    /// Called whenever the pass makes progress.
    let noteProgress: @Sendable () -> Void

    /// The result of a pass.
    struct Outcome: Sendable {
        var summaries: [CollectionSummary] = []
        /// The problems that a person has to know about.
        var problems: [Problem] = []
        /// The exit code of the pass; `nil` if every VM was polled.
        var status: ExitStatus?
    }

    /// Identifies the cron job and the vCenter. Another job's problems there are tracked separately.
    private var scope: String {
        String(
            ([vCenter.name, "\(vCenter.endpoints)"] + globs.patterns).joined(separator: "\n").prefix(1000))
    }

    /// Polls the vCenter. Whatever goes wrong is reported and becomes part of the outcome.
    func run() async -> Outcome {
        var outcome = Outcome()
        let source = VCenter(
            vCenter, logger: messages.logger, logins: logins, noteProgress: noteProgress, now: clocks.now,
            clock: clocks.steady)
        do {
            try await run(source, into: &outcome)
        } catch {
            let failure = error.asHistoryError
            let status = ExitStatus(failure.code)
            report(
                Problem(
                    level: .error, line: LogLine(failure).adding(["vcenter": "\(vCenter.name)"]),
                    kinds: ["\(status) \(shape(of: failure.message))"]),
                &outcome)
            outcome.status = status
        }
        await source.close()
        if !Task.isCancelled, outcome.status != .otherRun {
            reporter.end(vCenter.name, in: scope, but: outcome.problems)
        }
        return outcome
    }

    private func run(_ source: VCenter, into outcome: inout Outcome) async throws {
        let began = clocks.steady.now()
        let reached = ReachedVCenter(
            vCenter, instanceUUID: await withinRunTime(since: began) { await source.instanceUUID() } ?? nil)
        guard let claimed = try await claim(reached) else {
            outcome.status = .otherRun
            return
        }
        defer { withExtendedLifetime(claimed) {} }
        if claimed.name != vCenter.name {
            messages.say(.info, "\(vCenter.name, as: "configured") is \(claimed.name, as: "vcenter") in this history")
        }
        if vCenter.trust.isInsecure { report(.insecure(vCenter), &outcome) }
        let comparison = vCenter.bulk == .compared ? BulkComparison(of: source) : nil
        var collector = Collector(
            vCenter: claimed.name, source: comparison ?? source, recorder: history, concurrency: vCenter.concurrency,
            now: clocks.now, clock: clocks.steady, progress: progress)
        if vCenter.bulk == .always { collector.bulk = source }
        var (endpoints, failure) = try await endpoints(source, of: claimed.name, since: began)
        if failure == nil, globs.isEmpty {
            failure = await logInFailure(source, since: began)
            if failure == nil {
                collector.inventory = InventoryReading(sourcesSince: try history.sourcesEnd(of: claimed.name))
            }
        }
        // If the vCenter cannot be asked which endpoints it has, or lets nobody in, the runs report why.
        let scope: Collector.Scope =
            failure.map { .unlisted($0) } ?? (globs.isEmpty ? .all : .listed(where: globs.matches))
        // The time spent on identifying the vCenter and its endpoints counts as part of the run's time.
        let left = timeLeft(since: began)
        let inventory = collector.inventory
        async let incomplete = read(inventory, from: source, within: left)
        // What only the start of the program needed.
        PassingMemory.giveBack()
        let summaries = try await collector.collect(
            endpoints, scope, within: vCenter.timeouts.run, leaving: left)
        if let problem = await incomplete { report(problem, &outcome) }
        for summary in summaries { add(summary, &outcome) }
        if let comparison { try await report(comparison, called: claimed.name, into: &outcome) }
        if globs.isEmpty, summaries.allSatisfy({ $0.failure == nil && $0.cutShort == nil }), !Task.isCancelled {
            try await readEvents(source, reached, since: began, &outcome)
        }
        if let following { try await follow(summaries, for: following, collector, into: &outcome) }
        if await source.loginRefusal != nil { outcome.status = highest(outcome.status, .loginRefused) }
    }

    /// Identifies the vCenter and claims it for this process; `nil` if another process holds it.
    private func claim(_ reached: ReachedVCenter) async throws -> ClaimedVCenter? {
        do {
            if let claimed = try await history.claimCollecting(from: reached, at: clocks.now()) { return claimed }
        } catch let error as HistoryError where error.code == .otherVCenter {
            try await history.recordRefusal(
                of: reached,
                endpoints: vCenter.endpoints.assumed(known: try history.endpoints(polledOn: vCenter.name)),
                because: error.message, at: clocks.now())
            throw error
        }
        try await giveWay()
        return nil
    }

    /// What is left of the time of a run that began at this instant of the steady clock; `nil` if it is not limited.
    private func timeLeft(since began: Duration) -> Duration? {
        vCenter.timeouts.run.map { max($0 - (clocks.steady.now() - began), .zero) }
    }

    /// The result of an operation within what is left of the run's time; `nil` if the time was not enough.
    func withinRunTime<Value: Sendable>(
        since began: Duration, _ ask: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await TimeLimit.value(within: timeLeft(since: began), by: clocks.steady, ask)
    }

    func report(_ problem: Problem, _ outcome: inout Outcome) {
        outcome.problems.append(problem)
        reporter.report(problem, in: scope)
    }

    private func shape(of message: String) -> String { MessageShape(message).text }

    /// Another run holds the vCenter. That is normal, unless it hangs.
    private func giveWay() async throws {
        let now = clocks.now()
        if let other = try await history.runUnderWay(at: vCenter.name),
            now.seconds(since: other.startedAt) > other.threeRunsSeconds
        {
            let age = Duration.seconds(now.seconds(since: other.startedAt))
            reporter.report(
                Problem(
                    level: .warning,
                    line:
                        "\(vCenter.name, as: "vcenter"): another run has been collecting from it for \(age, as: "age_seconds"), longer than three such runs take: is it hanging?",
                    kinds: ["overlap"]), in: scope)
        } else {
            messages.say(
                messages.reportsAll ? .notice : .info,
                "\(vCenter.name, as: "vcenter"): another run is collecting from it into this history; nothing was done")
        }
    }

    private func add(_ summary: CollectionSummary, _ outcome: inout Outcome) {
        outcome.summaries.append(summary)
        // A clock change is reported once and does not last.
        if let step = try? history.clockStep(at: summary.run) {
            messages.say(
                .warning,
                "\(vCenter.name, as: "vcenter"): \(ClockWords.step(step), as: "step"): see `\(calledName, as: "program") runs`"
            )
        }
        // With several vCenters, `--vm` may name VMs of only one of them.
        if !globs.isEmpty, summary.hasListedNothing { return }
        outcome.status = highest(outcome.status, ExitStatus(summary))
        reportBulkFailure(of: summary, &outcome)
        if let problem = Problem(summary) {
            report(problem, &outcome)
        } else {
            messages.say(.info, LogLine(about: summary) + ": \(summary.polled, as: "polled") VMs polled")
        }
    }

    func highest(_ left: ExitStatus?, _ right: ExitStatus?) -> ExitStatus? {
        [left, right].compactMap(\.self).max()
    }

    /// Polls the unfinished ones of a pass until they end or the time is over.
    private func follow(
        _ summaries: [CollectionSummary], for limit: Duration, _ collector: Collector, into outcome: inout Outcome
    ) async throws {
        let following = Following(
            for: limit, runLimit: vCenter.timeouts.run, with: collector, by: clocks.steady)
        let count = try await following.run(after: summaries, noteProgress: noteProgress) { add($0, &outcome) }
        guard count > 0 else { return }
        messages.say(
            .notice,
            "\(vCenter.name, as: "vcenter"): \(count, as: "running") customizations are still running; no longer followed"
        )
    }
}

extension CollectionSummary {
    /// Whether there was no VM to poll and no other problem.
    fileprivate var hasListedNothing: Bool {
        failure == nil && outcome != .interrupted && virtualMachines == 0 && unusable == 0 && unlisted.isEmpty
    }
}
