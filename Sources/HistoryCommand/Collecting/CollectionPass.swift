import Foundation
import GuestCustomization
import HistoryStore
import Logging
import ReportRendering
import VCenterClient

/// One pass over one vCenter, with what is told about it.
struct CollectionPass: Sendable {
    let vCenter: VCenterConfiguration
    let history: HistoryDatabase
    let messages: MessageOptions
    let teller: TroubleTeller
    let logins: LoginGate
    let globs: VirtualMachineGlobs
    let clocks: Clocks
    /// How long the running and pending ones are polled on; `nil` for not at all.
    let following: Duration?
    let progress: @Sendable (CollectionProgress) -> Void
    /// Called whenever something got done.
    let noteProgress: @Sendable () -> Void

    /// What became of a pass.
    struct Outcome: Sendable {
        var summaries: [CollectionSummary] = []
        /// What was met that a person has to know of.
        var troubles: [Trouble] = []
        /// The exit code that the pass calls for; `nil` if every VM was polled.
        var status: ExitStatus?
    }

    /// Which cron this is, at which vCenter: what another one meets there is another trouble.
    private var scope: String {
        String(
            ([vCenter.name, "\(vCenter.endpoints)"] + globs.patterns).joined(separator: "\n").prefix(1000))
    }

    /// Polls the vCenter; whatever goes wrong is told and becomes part of the outcome.
    func run() async -> Outcome {
        var outcome = Outcome()
        let source = VCenter(
            vCenter, logger: messages.logger, logins: logins, noteProgress: noteProgress, now: clocks.now,
            clock: clocks.steady)
        do {
            try await run(source, into: &outcome)
        } catch {
            let failure = error.asCommandFailure
            tell(
                Trouble(
                    level: .error, line: failure.message, kinds: ["\(failure.status) \(shape(of: failure.message))"]),
                &outcome)
            outcome.status = failure.status
        }
        await source.close()
        if !Task.isCancelled, outcome.status != .otherRun { teller.end(vCenter.name, in: scope, but: outcome.troubles) }
        return outcome
    }

    private func run(_ source: VCenter, into outcome: inout Outcome) async throws {
        let began = clocks.steady.now()
        guard let claimed = try await claim(source) else {
            outcome.status = .otherRun
            return
        }
        defer { withExtendedLifetime(claimed) {} }
        if claimed.name != vCenter.name {
            messages.say(.info, "\(vCenter.name) is \(claimed.name) in this history")
        }
        if vCenter.trust.isInsecure { tell(.insecure(vCenter), &outcome) }
        let collector = Collector(
            vCenter: claimed.name, source: source, recorder: history, concurrency: vCenter.concurrency,
            now: clocks.now, clock: clocks.steady, progress: progress)
        let (endpoints, failure) = try await endpoints(source, of: claimed.name)
        // Where the vCenter cannot be asked what it has, the runs over what it had say why.
        let scope: Collector.Scope =
            failure.map { .unlisted($0) } ?? (globs.isEmpty ? .all : .listed(where: globs.matches))
        // What it took to find out who answers, and with what, is part of the run's time.
        let left = vCenter.timeouts.run.map { max($0 - (clocks.steady.now() - began), .zero) }
        let summaries = try await collector.collect(
            endpoints, scope, within: vCenter.timeouts.run, leaving: left)
        for summary in summaries { add(summary, &outcome) }
        if let following { try await follow(summaries, for: following, collector, into: &outcome) }
        if await source.loginRefusal != nil { outcome.status = highest(outcome.status, .loginRefused) }
    }

    /// Finds out which vCenter it is, and takes it for this process; `nil` if another one has it.
    private func claim(_ source: VCenter) async throws -> ClaimedVCenter? {
        let reached = ReachedVCenter(
            name: vCenter.name, isNameGiven: vCenter.isNameGiven, address: vCenter.address.description,
            instanceUUID: await withinRunTime { await source.instanceUUID() } ?? nil)
        do {
            if let claimed = try await history.claimCollecting(from: reached, at: clocks.now()) { return claimed }
        } catch let error as HistoryDatabaseError where error.code == .otherVCenter {
            try await history.recordRefusal(
                of: reached,
                endpoints: vCenter.endpoints.assumed(known: try history.endpoints(polledOn: vCenter.name)),
                because: error.message, at: clocks.now())
            throw error
        }
        try await giveWay()
        return nil
    }

    /// The endpoints to poll, as far as the vCenter has them; or those that it is taken to have, with why it cannot be asked.
    private func endpoints(
        _ source: VCenter, of name: String
    ) async throws -> ([Endpoint], CollectionFailure?) {
        let (choice, known) = (vCenter.endpoints, try history.endpoints(polledOn: name))
        let offer = await withinRunTime { () -> Result<OfferedEndpoints, CollectionFailure> in
            do throws(CollectionFailure) {
                return .success(try await source.offered(choice, known: known))
            } catch {
                return .failure(error)
            }
        }
        switch offer {
        case .success(let offered)?:
            tell(offered, known: known)
            return (offered.polled, nil)
        case .failure(let failure)?: return (choice.assumed(known: known), failure)
        case nil: return (choice.assumed(known: known), nil)
        }
    }

    /// Says what is polled where the settings left that to the vCenter.
    ///
    /// - Parameter known: What it was polled by before.
    private func tell(_ offered: OfferedEndpoints, known: [Endpoint]) {
        let (polled, missing) = (offered.polled.map(\.rawValue), offered.missing.map(\.rawValue))
        if !missing.isEmpty {
            // With `both` it is news as long as nothing was ever polled, or the other one was there before.
            let isNews = vCenter.endpoints == .both && (known.isEmpty || !Set(known).isDisjoint(with: offered.missing))
            messages.say(
                isNews ? .notice : .info,
                "\(vCenter.name): has no \(missing.joined(separator: ", ")); \(polled.joined(separator: ", ")) is polled"
            )
        } else if vCenter.endpoints == .automatic {
            messages.say(.info, "\(vCenter.name): \(polled.joined(separator: ", ")) is polled")
        }
    }

    /// What is found out within the time of a run; `nil` if that was not enough.
    private func withinRunTime<Value: Sendable>(_ ask: @escaping @Sendable () async -> Value) async -> Value? {
        await TimeLimit.value(within: vCenter.timeouts.run, by: clocks.steady, ask)
    }

    private func tell(_ trouble: Trouble, _ outcome: inout Outcome) {
        outcome.troubles.append(trouble)
        teller.tell(trouble, in: scope)
    }

    private func shape(of message: String) -> String { MessageShape(message).text }

    /// Another run has the vCenter. That is as it should be, unless it hangs.
    private func giveWay() async throws {
        let now = clocks.now()
        if let other = try await history.runUnderWay(at: vCenter.name),
            now.seconds(since: other.startedAt) > other.threeRunsSeconds
        {
            let age = Duration.seconds(now.seconds(since: other.startedAt)).inWords
            teller.tell(
                Trouble(
                    level: .warning,
                    line:
                        "\(vCenter.name): another run has been collecting from it for \(age), longer than three runs of its kind take: does it hang?",
                    kinds: ["overlap"]), in: scope)
        } else {
            messages.say(
                messages.tellsAll ? .notice : .info,
                "\(vCenter.name): another run collects from it into this history; nothing was done")
        }
    }

    private func add(_ summary: CollectionSummary, _ outcome: inout Outcome) {
        outcome.summaries.append(summary)
        // A clock that was set is news by itself, and does not last.
        if let step = try? history.clockStep(at: summary.run) {
            messages.say(.warning, "\(vCenter.name): \(ClockWords.step(step)): see `\(calledName) runs`")
        }
        // With several vCenters, `--vm` may well name VMs of one of them.
        if !globs.isEmpty, summary.hasListedNothing { return }
        outcome.status = highest(outcome.status, ExitStatus(summary))
        if let trouble = Trouble(summary) {
            tell(trouble, &outcome)
        } else {
            messages.say(.info, "\(summary.vCenter) \(summary.endpoint.rawValue): \(summary.polled) VMs polled")
        }
    }

    private func highest(_ left: ExitStatus?, _ right: ExitStatus?) -> ExitStatus? {
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
        messages.say(.notice, "\(vCenter.name): \(count) customizations are still under way; no longer followed")
    }
}

extension CollectionSummary {
    /// Whether there was no VM to poll, and nothing else was wrong.
    fileprivate var hasListedNothing: Bool {
        failure == nil && outcome != .interrupted && virtualMachines == 0 && unusable == 0 && unlisted.isEmpty
    }
}

extension ExitStatus {
    /// What a run calls for; `nil` if every VM was polled.
    init?(_ summary: CollectionSummary) {
        if let failure = summary.failure {
            self.init(failure.kind)
        } else if summary.outcome != .complete {
            self = .incomplete
        } else {
            return nil
        }
    }
}
