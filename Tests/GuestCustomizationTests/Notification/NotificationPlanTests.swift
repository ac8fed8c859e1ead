import GuestCustomization
import TestSupport
import Testing

@Suite struct NotificationPlanTests {
    private func made(
        _ outcome: CustomizationOutcome, _ vm: Int64, end: Double, took: Double = 30, isListed: Bool = true,
        error: String? = nil
    ) -> Customization {
        var made = customization(outcome, end: end, took: took, error: error)
        made.vm = CustomizedVM(
            vCenter: vm < 100 ? "vc-a" : "vc-b", id: "vm-\(vm)", name: "web-\(vm)", isListed: isListed,
            row: VirtualMachineRow(rawValue: vm))
        return made
    }

    private func facts(_ customizations: [Customization], vCenters: [WatchRecord] = []) -> NotificationFacts {
        var facts = NotificationFacts(stuckAfterSeconds: 3600)
        for customization in customizations { facts.add(customization) }
        facts.vCenters = vCenters
        return facts
    }

    private func state(after plan: NotificationPlan, from state: NotificationState? = nil) -> NotificationState {
        var events = state?.events ?? KnownEvents()
        for event in plan.events { events.insert(event) }
        return NotificationState(
            events: events, problems: plan.problems, deliveredAt: plan.notification.generatedAt)
    }

    private func kinds(_ plan: NotificationPlan) -> [String] {
        plan.notification.groups.map { "\($0.kind.rawValue) \($0.subjects.count)" }
    }

    @Test func `forty failures of one cause are one group, and unknown errors are groups by their text`() {
        let begun = state(after: NotificationPlan(from: nil, facts([]), at: at(0)))
        let failed =
            (1...40).map { made(.failed, $0 * 4, end: 100, error: "web-\($0 * 4): /usr/bin/perl: not found") }
            + [made(.failed, 1, end: 100, error: "odd"), made(.failed, 2, end: 101, error: "odd")]
        let plan = NotificationPlan(from: begun, facts(failed), at: at(200))
        #expect(kinds(plan) == ["failed 40", "failed 2"])
        #expect(plan.notification.groups.first?.cause?.name == "perl-missing")
        #expect(plan.notification.groups.first?.vCenters.map(\.count) == [24, 16])
        #expect(plan.notification.groups.first?.vCenters.map(\.name) == ["vc-a", "vc-b"])
        #expect(plan.notification.groups.last?.error?.message == "odd")
    }

    @Test func `the first use tells nothing, or what happened since a time, and a recovery of what failed before`() {
        let old = [made(.failed, 1, end: 100), made(.failed, 2, end: 200)]
        #expect(NotificationPlan(from: nil, facts(old), at: at(300)).notification.isEmpty)
        let since = NotificationPlan(from: nil, facts(old), since: at(150), at: at(300))
        #expect(kinds(since) == ["failed 1"])
        #expect(since.notification.lasting.filter(\.isTold).map(\.vm?.id) == ["vm-2"])
        let begun = state(after: NotificationPlan(from: nil, facts(old), at: at(300)))
        let recovered = NotificationPlan(from: begun, facts(old + [made(.succeeded, 1, end: 400)]), at: at(500))
        #expect(kinds(recovered) == ["recovered 1"])
        #expect(recovered.notification.ended.map(\.isTold) == [false])
    }

    @Test func `what a new vCenter or a merged history shows from long ago is old`() {
        let day = 86_400.0
        let begun = state(after: NotificationPlan(from: nil, facts([]), at: at(400 * day)))
        let shown = facts([made(.failed, 1, end: 30 * day), made(.failed, 2, end: 390 * day)])
        let plan = NotificationPlan(from: begun, shown, at: at(401 * day))
        #expect(kinds(plan) == ["failed 1"])
        #expect(plan.notification.lasting.filter(\.isTold).map(\.vm?.id) == ["vm-2"])
        let again = NotificationPlan(from: state(after: plan, from: begun), shown, at: at(402 * day))
        #expect(again.notification.isEmpty)
        #expect(again.problems.filter(\.isTold).map(\.vm?.id) == ["vm-2"])
    }

    @Test func `what events tell from before the first run is old, and later it is news`() {
        func told(_ vm: Int64, end: Double) -> Customization {
            var made = made(.failed, vm, end: end)
            made.endpoint = .events
            return made
        }
        let begun = state(after: NotificationPlan(from: nil, facts([]), at: at(0)))
        let window = ReportWindow(since: at(0), until: at(900))
        var record = WatchRecord(
            vCenter: "vc-a", window: window, knownUntil: at(900), runs: 1, firstGoodRunAt: at(500), goodRuns: [at(500)],
            before: nil, recent: [at(500)])
        record.firstRunAt = at(500)
        let shown = facts([told(1, end: 499), told(2, end: 500)], vCenters: [record])
        #expect(NotificationPlan(from: begun, shown, at: at(900)).notification.groups.map(\.subjects.count) == [1])
        #expect(NotificationPlan(from: begun, facts([told(1, end: 600)]), at: at(900)).notification.isEmpty)
        // On the first use, whoever gives a time asks for all of it.
        #expect(kinds(NotificationPlan(from: nil, shown, since: at(0), at: at(900))) == ["failed 2"])
    }

    @Test func `a customization that events tell of first is not told again when a poll shows it`() {
        let begun = state(after: NotificationPlan(from: nil, facts([]), at: at(0)))
        var event = made(.failed, 1, end: 100)
        event.endpoint = .events
        var record = record(lastGood: 10, now: 200)
        record.firstRunAt = at(10)
        let first = NotificationPlan(from: begun, facts([event], vCenters: [record]), at: at(200))
        #expect(kinds(first) == ["failed 1"])
        let known = state(after: first, from: begun)
        var polled = made(.failed, 1, end: 101, error: "odd")
        polled.firstPolledAt = at(300)
        #expect(kinds(NotificationPlan(from: known, facts([polled], vCenters: [record]), at: at(400))) == ["failed 1"])
        var both = facts([polled], vCenters: [record])
        let row = VirtualMachineRow(rawValue: 1)
        both.addTwin(
            .init(vm: row, endpoint: .events, firstPolledAt: event.firstPolledAt), startTime: event.startTime,
            endTime: event.endTime,
            of: .init(vm: row, endpoint: .customizationLive, firstPolledAt: polled.firstPolledAt))
        let second = NotificationPlan(from: known, both, at: at(400))
        #expect(kinds(second) == [])
        #expect(second.problems.map(\.isTold) == [true])
        // It stays known if what events tell of is no longer the same.
        let apart = NotificationPlan(
            from: state(after: second, from: known), facts([event, polled], vCenters: [record]), at: at(500))
        #expect(kinds(apart) == [])
    }

    @Test func `a VM that is gone ends without a word, and is not told again when it comes back`() {
        let begun = state(after: NotificationPlan(from: nil, facts([]), at: at(0)))
        let told = NotificationPlan(from: begun, facts([made(.failed, 1, end: 100)]), at: at(200))
        var state = state(after: told, from: begun)
        state.problems = state.problems.map {
            var problem = $0
            problem.vm = made(.failed, 1, end: 100, isListed: false).vm
            return problem
        }
        let gone = NotificationPlan(from: state, facts([made(.failed, 1, end: 100, isListed: false)]), at: at(300))
        #expect(gone.notification.isEmpty)
        #expect(gone.problems.isEmpty)
        let back = NotificationPlan(
            from: self.state(after: gone, from: state), facts([made(.failed, 1, end: 100)]), at: at(400))
        #expect(back.notification.isEmpty)
        #expect(back.problems.map(\.isTold) == [true])
    }

    @Test func `what lasts is told again once in each interval, all of it at once`() {
        let begun = state(after: NotificationPlan(from: nil, facts([made(.failed, 1, end: 10)]), at: at(0)))
        let all = facts([made(.failed, 1, end: 10), made(.failed, 2, end: 5000)])
        func plan(_ state: NotificationState, _ now: Double) -> NotificationPlan {
            NotificationPlan(from: state, all, resendAfterSeconds: 86_400, at: at(now))
        }
        let first = plan(begun, 6000)
        #expect(kinds(first) == ["failed 1"])
        let second = state(after: first, from: begun)
        // A daily run may be some minutes early.
        #expect(kinds(plan(second, 85_500)) == [])
        let due = plan(second, 85_600)
        #expect(kinds(due) == ["still_failing 2"])
        let third = state(after: due, from: second)
        #expect(kinds(plan(third, 85_600 + 85_500)) == [])
        #expect(kinds(plan(third, 85_600 + 86_400)) == ["still_failing 2"])
    }

    @Test func `a stuck customization that gets its times later is told once`() {
        let begun = state(after: NotificationPlan(from: nil, facts([]), at: at(0)))
        var pending = made(.pending, 1, end: 9000, took: 8000)
        pending.startTime = nil
        let told = NotificationPlan(from: begun, facts([pending]), at: at(9000))
        #expect(kinds(told) == ["stuck 1"])
        var running = made(.running, 1, end: 20_000, took: 15_000)
        running.firstPolledAt = pending.firstPolledAt
        let later = NotificationPlan(from: state(after: told, from: begun), facts([running]), at: at(20_000))
        #expect(kinds(later) == [])
        // A merge finds an earlier poll of it.
        pending.firstPolledAt = at(10)
        #expect(kinds(NotificationPlan(from: state(after: told, from: begun), facts([pending]), at: at(9100))) == [])
        let ended = NotificationPlan(
            from: state(after: told, from: begun), facts([made(.succeeded, 1, end: 21_000)]), at: at(22_000))
        #expect(kinds(ended) == ["recovered 1"])
    }

    private func record(lastGood: Double, now: Double) -> WatchRecord {
        var record = WatchRecord(
            vCenter: "vc-a", runs: 3, firstGoodRunAt: at(0), lastGoodRunAt: at(lastGood), longestGapSeconds: 0,
            gaps: [],
            knownUntil: at(now))
        record.row = VCenterRow(rawValue: 1)
        record.usualIntervalSeconds = 600
        return record
    }

    @Test func `a vCenter that is no longer polled is told, and again; one that is removed is forgotten`() {
        func plan(_ state: NotificationState?, lastGood: Double, now: Double) -> NotificationPlan {
            NotificationPlan(
                from: state, facts([made(.failed, 1, end: 5)], vCenters: [record(lastGood: lastGood, now: now)]),
                resendAfterSeconds: 86_400, at: at(now))
        }
        let begun = state(after: plan(nil, lastGood: 0, now: 100))
        #expect(kinds(plan(begun, lastGood: 0, now: 1500)) == [])
        let silent = plan(begun, lastGood: 0, now: 1501)
        #expect(kinds(silent) == ["not_polled 1"])
        let known = state(after: silent, from: begun)
        #expect(kinds(plan(known, lastGood: 0, now: 3000)) == [])
        // Without a newer good poll it is not polled again, even if one no longer minds.
        let patient = NotificationPlan(
            from: known, facts([], vCenters: [record(lastGood: 0, now: 3000)]), silentAfterSeconds: 1e6, at: at(3000))
        #expect(kinds(patient) == [])
        #expect(patient.problems.isEmpty)
        #expect(kinds(plan(known, lastGood: 0, now: 100_000)) == ["still_not_polled 1", "still_failing 1"])
        let again = plan(known, lastGood: 3500, now: 3600)
        #expect(kinds(again) == ["polled_again 1"])
        #expect(again.notification.groups.first?.subjects.map(\.since) == [at(0)])
        #expect(kinds(plan(state(after: again, from: known), lastGood: 3500, now: 3700)) == [])
        let removed = plan(known, lastGood: 0, now: 31 * 86_400)
        #expect(kinds(removed) == [])
        #expect(removed.problems.isEmpty)
        #expect(kinds(plan(state(after: removed, from: known), lastGood: 0, now: 90 * 86_400)) == [])
    }

    @Test func `a silence that was over before anybody could be told is told once, when the vCenter is polled again`() {
        func plan(_ state: NotificationState?, since: Double? = nil, _ goodRuns: [Double], now: Double)
            -> NotificationPlan
        {
            var record = WatchRecord(
                vCenter: "vc-a", window: ReportWindow(since: at(now - 86_400), until: at(now)), knownUntil: at(now),
                runs: goodRuns.count, firstGoodRunAt: at(0), goodRuns: goodRuns.map(at), before: nil,
                recent: goodRuns.map(at))
            record.row = VCenterRow(rawValue: 1)
            return NotificationPlan(
                from: state, facts([], vCenters: [record]), since: since.map(at), at: at(now))
        }
        let day = (0...12).map { Double($0) * 600 }
        let night = day + [30_000, 30_600]
        let begun = state(after: plan(nil, day, now: 7300))
        let told = plan(begun, night, now: 30_700)
        #expect(kinds(told) == ["polled_again 1"])
        #expect(told.notification.groups.first?.subjects.map(\.since) == [at(7200)])
        #expect(told.notification.groups.first?.subjects.map(\.at) == [at(30_000)])
        #expect(kinds(plan(state(after: told, from: begun), night + [31_200], now: 31_300)) == [])
        #expect(kinds(plan(nil, night, now: 30_700)) == [])
        #expect(kinds(plan(nil, since: 0, night, now: 30_700)) == ["polled_again 1"])
        // Two silences of one vCenter are one.
        #expect(kinds(plan(begun, night + [60_000, 60_600], now: 60_700)) == ["polled_again 1"])
        // Two late runs are no silence, and neither is what was before a vCenter's first run.
        #expect(kinds(plan(begun, day + [8600, 9200], now: 9300)) == [])
        #expect(kinds(plan(begun, [700_000], now: 700_100)) == [])
    }
}
