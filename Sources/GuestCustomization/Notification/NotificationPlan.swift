import Foundation

/// What a channel has to tell, and where it stands once that is delivered.
package struct NotificationPlan: Sendable {
    /// What to tell; it has no groups if there is nothing.
    package var notification: Notification
    /// The events that the channel has to know from now on.
    package var events: [NotificationEvent]
    /// What lasts from now on.
    package var problems: [LastingProblem]
    /// Whether the channel has changed, although there may be nothing to tell.
    package var isChange: Bool

    /// - Parameters:
    ///   - state: Where the channel stands; `nil` on its first use.
    ///   - since: On its first use, what happened before this is not told; nothing is told if it is `nil`.
    ///   - resendAfterSeconds: What lasts is told again after this time; `nil`: never.
    ///   - silentAfterSeconds: See `WatchRecord.notPolledSince`.
    package init(
        from state: NotificationState?, _ facts: NotificationFacts, since: Timestamp? = nil,
        resendAfterSeconds: Double? = nil, silentAfterSeconds: Double? = nil, timeZone: TimeZone = .gmt,
        at now: Timestamp
    ) {
        let (fresh, old) = Self.split(facts, state, since, at: now)
        let before = Dictionary((state?.problems ?? []).map { ($0.subject, $0) }) { first, _ in first }
        var problems = facts.problems(at: now, silentAfterSeconds: silentAfterSeconds)
        var groups = NotificationGrouping()
        for (event, customization) in fresh { groups.add(event.kind, customization) }
        let silences = Self.tellVCenters(problems, state, since, to: &groups)
        if let after = state?.deliveredAt ?? since {
            Self.tellPastSilences(facts, Set(before.keys), after: after, silentAfterSeconds, at: now, to: &groups)
        }
        let closed = Set(before.keys).subtracting(problems.map(\.subject))
        Self.tellRecoveries(closed.compactMap { before[$0] }, fresh, problems, facts, at: now, to: &groups)

        let told = Set(fresh.compactMap { $0.event.problem } + silences)
        let untold = Set(old.compactMap(\.problem))
        for index in problems.indices where !told.contains(problems[index].subject) {
            let known = before[problems[index].subject]
            problems[index].toldAt = known?.toldAt ?? now
            problems[index].isTold = known?.isTold ?? (state != nil && !untold.contains(problems[index].subject))
        }
        let isDue = resendAfterSeconds.map { interval in
            let limit = interval * (1 - Self.earliness)
            return problems.contains { $0.toldAt > now || now.seconds(since: $0.toldAt) >= limit }
        }
        if isDue == true {
            for index in problems.indices where problems[index].toldAt != now {
                groups.addLasting(problems[index])
                problems[index].toldAt = now
                problems[index].isTold = true
            }
        }
        events = (fresh.map(\.event) + old).flatMap { [$0] + facts.twins(of: $0) }
        self.problems = problems
        notification = Notification(
            generatedAt: now, timeZone: timeZone, groups: groups.finish(), lasting: problems,
            ended: closed.compactMap { before[$0] }.sorted { $0.since < $1.since })
        isChange =
            state == nil || !events.isEmpty
            || Set(problems.map(Stored.init)) != Set((state?.problems ?? []).map(Stored.init))
    }

    /// The part of the interval of `--resend` by which a run may be early: one of each day begins now earlier, now later, since what runs
    /// before it takes different times.
    private static let earliness = 0.01

    /// What is stored of a problem.
    private struct Stored: Hashable {
        let subject: LastingProblem.Subject
        let since: Timestamp
        let toldAt: Timestamp
        let isTold: Bool

        init(_ problem: LastingProblem) {
            subject = problem.subject
            since = problem.since
            toldAt = problem.toldAt
            isTold = problem.isTold
        }
    }

    /// The events that are news, and those that are not but have to be known from now on: those before the channel's first use, those
    /// from long before its latest delivery, which a vCenter that is polled for the first time shows, or another history that was merged,
    /// those from before the first run on their vCenter, which only its own event log tells, and those of a customization that was told
    /// already because another endpoint showed it first.
    private static func split(
        _ facts: NotificationFacts, _ state: NotificationState?, _ since: Timestamp?, at now: Timestamp
    ) -> (fresh: [(event: NotificationEvent, customization: Customization)], old: [NotificationEvent]) {
        let limit =
            state.map { min(now, $0.deliveredAt).advanced(bySeconds: -NotificationFacts.retiredAfterSeconds) } ?? since
        var known = state?.events ?? KnownEvents()
        var fresh: [(event: NotificationEvent, customization: Customization)] = []
        var old: [NotificationEvent] = []
        let isAskedFor = state == nil && since != nil
        for (event, customization) in facts.notable where !known.contains(event) {
            let isTold = facts.twins(of: event).contains(where: known.contains)
            known.insert(event)
            let isBackfilled =
                !isAskedFor && customization.endpoint == .events
                && facts.firstRunAt(on: customization.vm.vCenter).map { customization.windowInstant < $0 } ?? true
            let isNews = !isTold && !isBackfilled && limit.map { customization.windowInstant >= $0 } ?? false
            if isNews { fresh.append((event, customization)) } else { old.append(event) }
        }
        return (fresh, old)
    }

    /// Tells which vCenters are no longer polled, and returns those.
    private static func tellVCenters(
        _ problems: [LastingProblem], _ state: NotificationState?, _ since: Timestamp?,
        to groups: inout NotificationGrouping
    ) -> [LastingProblem.Subject] {
        let known = Set((state?.problems ?? []).map(\.subject))
        let silences = problems.filter { problem in
            problem.vm == nil && !known.contains(problem.subject)
                && (state != nil || since.map { problem.since >= $0 } ?? false)
        }
        for problem in silences { groups.addSilence(.notPolled, problem) }
        return silences.map(\.subject)
    }

    /// Tells that a vCenter was not polled, although it is again, if nobody was told meanwhile: this machine or the webhook was down too.
    private static func tellPastSilences(
        _ facts: NotificationFacts, _ known: Set<LastingProblem.Subject>, after: Timestamp,
        _ silentAfterSeconds: Double?, at now: Timestamp, to groups: inout NotificationGrouping
    ) {
        let retired = facts.retiredVCenters(at: now)
        for record in facts.vCenters where !retired.contains(record.vCenter) {
            if let row = record.row, known.contains(.notPolled(row)) { continue }
            let silence = record.pastSilences(silentAfter: silentAfterSeconds).last { $0.until > after }
            if let silence { groups.addPolledAgain(record.vCenter, at: silence.until, since: silence.since) }
        }
    }

    /// Tells which of the problems that are over ended well. One whose VM or vCenter is gone ends without a word.
    private static func tellRecoveries(
        _ ended: [LastingProblem], _ fresh: [(event: NotificationEvent, customization: Customization)],
        _ problems: [LastingProblem], _ facts: NotificationFacts, at now: Timestamp,
        to groups: inout NotificationGrouping
    ) {
        let retired = facts.retiredVCenters(at: now)
        let failing = Set(problems.map(\.subject))
        var told: Set<VirtualMachineRow> = []
        func tell(_ vm: CustomizedVM, unlessBefore since: Timestamp) {
            guard let row = vm.row, vm.isListed, !retired.contains(vm.vCenter), !failing.contains(.failing(row)),
                let success = facts.lastSuccessAt[row], success >= since, told.insert(row).inserted
            else { return }
            groups.add(.recovered, vm, at: success)
        }
        for problem in ended {
            if let vm = problem.vm {
                tell(vm, unlessBefore: problem.since)
            } else if case .notPolled(let row) = problem.subject, !retired.contains(problem.vCenter),
                let good = facts.vCenters.first(where: { $0.row == row })?.lastGoodRunAt, good > problem.since
            {
                groups.addPolledAgain(problem.vCenter, at: good, since: problem.since)
            }
        }
        // One that failed and recovered since the last delivery was never a lasting problem.
        for (event, customization) in fresh where event.kind == .failed {
            tell(customization.vm, unlessBefore: customization.windowInstant)
        }
    }
}
