import Foundation
import GuestCustomization
import HistoryStore
import Logging
import ReportRendering
import VCenterClient

/// One pass over one vCenter, with what is told about it.
struct CollectionPass {
    let vCenter: VCenterConfiguration
    let history: HistoryDatabase
    let messages: MessageOptions
    /// How long the running and pending ones are polled on; `nil` for not at all.
    let following: Duration?

    /// Pause between two polls of a customization that is followed.
    private static let followInterval = Duration.seconds(5)

    /// Returns the exit code that the pass calls for; `nil` if every VM was polled.
    func run(matching globs: VirtualMachineGlobs) async throws -> ExitStatus? {
        let source = VCenter(vCenter, logger: messages.logger, now: Timestamp.now)
        do {
            let status = try await run(source, matching: globs)
            await source.close()
            return status
        } catch {
            await source.close()
            throw error
        }
    }

    private func run(_ source: VCenter, matching globs: VirtualMachineGlobs) async throws -> ExitStatus? {
        let reached = ReachedVCenter(
            name: vCenter.name, isNameGiven: vCenter.isNameGiven, address: vCenter.address.description,
            instanceUUID: await source.instanceUUID())
        let claimed: ClaimedVCenter?
        do {
            claimed = try await history.claimCollecting(from: reached, at: Timestamp.now())
        } catch let error as HistoryDatabaseError where error.code == .otherVCenter {
            let known = try history.endpoints(polledOn: vCenter.name)
            try await history.recordRefusal(
                of: reached, endpoints: vCenter.endpoints.assumed(known: known), because: error.message,
                at: Timestamp.now())
            throw error
        }
        guard let claimed else {
            messages.say(.notice, "\(vCenter.name): another run collects from it into this history; nothing was done")
            return .otherRun
        }
        defer { withExtendedLifetime(claimed) {} }
        if claimed.name != vCenter.name {
            messages.say(.info, "\(vCenter.name) is \(claimed.name) in this history")
        }
        if vCenter.trust.isInsecure {
            // Aloud each time, --quiet or not.
            messages.say(
                .error,
                "\(vCenter.name): the certificate of \(vCenter.address) is not verified, so that whoever answers there is given the password"
            )
        }
        let summaries = try await poll(source, globs, as: claimed.name)
        let refusal = await source.loginRefusal
        return (summaries.compactMap(ExitStatus.init) + (refusal == nil ? [] : [.loginRefused])).max()
    }

    private func poll(
        _ source: VCenter, _ globs: VirtualMachineGlobs, as name: String
    ) async throws -> [CollectionSummary] {
        let bar = ProgressBar(isVisible: messages.showsProgress)
        defer { bar.clear() }
        let collector = Collector(
            vCenter: name, source: source, recorder: history, concurrency: vCenter.concurrency,
            now: Timestamp.now
        ) { progress in
            bar.show(
                "\(progress.vCenter) \(progress.endpoint.rawValue)", done: progress.polled, of: progress.of,
                unit: "polls")
        }
        let began = Timestamp.now()
        let known = try history.endpoints(polledOn: name)
        let (choice, all) = (vCenter.endpoints, globs.isEmpty)
        let (passed, offered) = try await withinRunTime { () -> ([CollectionSummary], OfferedEndpoints?) in
            let offered: OfferedEndpoints
            do throws(CollectionFailure) {
                offered = try await source.offered(choice, known: known)
            } catch {
                // The runs over those that it is taken to have say why.
                let assumed = choice.assumed(known: known)
                return (try await collector.collect(assumed, .unlisted(error), begunAt: began), nil)
            }
            let scope = all ? Collector.Scope.all : .listed(where: globs.matches)
            return (try await collector.collect(offered.polled, scope, begunAt: began), offered)
        }
        bar.clear()
        var summaries = passed
        if let offered { tell(offered, known: known) }
        // What failed for all endpoints alike, such as the login, or pass after pass of those that follow, is told once.
        var told: Set<String> = []
        for summary in summaries { tell(summary, unlessIn: &told) }
        if let following { summaries += try await follow(summaries, for: following, collector, telling: &told) }
        return summaries
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

    /// Polls the unfinished ones of a pass until they end or the time is over. One that gives no answer meanwhile may still be under way.
    private func follow(
        _ summaries: [CollectionSummary], for limit: Duration, _ collector: Collector, telling told: inout Set<String>
    ) async throws -> [CollectionSummary] {
        var followed: [CollectionSummary] = []
        var unfinished = summaries.filter { !$0.unfinished.isEmpty }.map { ($0.endpoint, vms: $0.unfinished) }
        let end = ContinuousClock.now + limit
        while !unfinished.isEmpty, !Task.isCancelled {
            guard ContinuousClock.now + Self.followInterval < end else {
                let count = unfinished.reduce(0) { $0 + $1.vms.count }
                messages.say(
                    .notice, "\(vCenter.name): \(count) customizations are still under way; no longer followed")
                break
            }
            try? await Task.sleep(for: Self.followInterval)
            if Task.isCancelled { break }
            var rest: [(Endpoint, vms: [VirtualMachine])] = []
            for (endpoint, vms) in unfinished {
                for summary in try await withinRunTime({ try await collector.collect([endpoint], .only(vms)) }) {
                    tell(summary, unlessIn: &told)
                    followed.append(summary)
                    let left = summary.polled < vms.count ? vms : summary.unfinished + summary.unanswered
                    if summary.failure?.isFinal != true, !left.isEmpty { rest.append((endpoint, left)) }
                }
            }
            unfinished = rest
        }
        return followed
    }

    /// A pass, cut short when the run's time is over.
    private func withinRunTime<Value: Sendable>(
        _ collect: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let limit = vCenter.timeouts.run else { return try await collect() }
        let pass = Task { try await collect() }
        let timer = Task {
            try await Task.sleep(for: limit)
            pass.cancel()
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await pass.value
        } onCancel: {
            pass.cancel()
        }
    }

    /// One line for each run that a person has to know of, once where it is the same; and one if a clock was set.
    private func tell(_ summary: CollectionSummary, unlessIn told: inout Set<String>) {
        if let step = try? history.clockStep(at: summary.run) {
            messages.say(.warning, "\(vCenter.name): \(ClockWords.step(step)): see `history runs`")
        }
        let (level, line) = line(on: summary)
        if level == .info || told.insert(line).inserted { messages.say(level, line) }
    }

    private func line(on summary: CollectionSummary) -> (Logger.Level, String) {
        let what = "\(summary.vCenter) \(summary.endpoint.rawValue)"
        if let failure = summary.failure { return (.error, failure.message) }
        if summary.outcome == .interrupted {
            return (
                .warning,
                "\(what): stopped after \(summary.polled) of \(summary.virtualMachines) VMs; what was polled is kept"
            )
        }
        if summary.unusable > 0 {
            return (
                .warning,
                "\(what): the list of VMs holds elements without a managed object id that could be asked for (\(summary.unusable)), which were not polled; \(summary.polled) VMs were, \(summary.failedPolls) of them without an answer"
            )
        }
        if summary.virtualMachines == 0 {
            return (
                .warning, "\(what): no VMs to poll: check that the account has System.View on them, and --vm"
            )
        }
        if summary.failedPolls > 0 {
            let commonest = summary.commonestReasons(3)
            let others = summary.failedPolls - commonest.reduce(0) { $0 + $1.count }
            let reasons =
                (commonest.map { "\($0.count) \($0.reason)" } + (others > 0 ? ["\(others) for other reasons"] : []))
                .joined(separator: "; ")
            return (
                .warning, "\(what): \(summary.failedPolls) of \(summary.polled) polls got no answer: \(reasons)"
            )
        }
        return (.info, "\(what): \(summary.polled) VMs polled")
    }
}

extension CollectionFailure {
    /// Whether the next pass would end the same way.
    fileprivate var isFinal: Bool {
        switch kind {
        case .loginRefused, .endpointMissing, .configuration: true
        case .unreachable, .listingFailed: false
        }
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
