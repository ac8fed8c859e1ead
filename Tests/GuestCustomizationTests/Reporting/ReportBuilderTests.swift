import GuestCustomization
import TestSupport
import Testing

@Suite struct ReportBuilderTests {
    @Test func `an empty history has no rate and no durations`() {
        let empty = report([])
        #expect(empty.summary == CustomizationFigures())
        #expect(empty.summary.failureRate == nil)
        #expect(empty.summary.durations == nil)
        #expect(empty.virtualMachines.isEmpty && empty.errors.isEmpty)
    }

    @Test func `each outcome is counted, and only finished ones make the rate`() {
        let figures = report([
            customization(.succeeded, end: 10), customization(.succeeded, end: 20), customization(.succeeded, end: 30),
            customization(.failed, end: 40), customization(.running, end: 50), customization(.pending, end: 60),
            customization(.lost, end: 70), customization(.other, end: 80),
        ]).summary
        #expect(figures.customizations == 8)
        #expect([figures.succeeded, figures.failed, figures.running, figures.pending] == [3, 1, 1, 1])
        #expect([figures.lost, figures.other, figures.stuck, figures.clockFaults] == [1, 1, 0, 0])
        #expect(figures.failureRate == 0.25)
        #expect(figures.durations?.count == 4)
    }

    @Test func `a report without a finished customization has no rate`() {
        #expect(report([customization(.running, end: 50), customization(.lost, end: 70)]).summary.failureRate == nil)
    }

    @Test func `the window includes its beginning and excludes its end`() {
        let edges: [(CustomizationOutcome, Double)] = [
            (.succeeded, 99.999), (.failed, 100), (.failed, 199.999), (.succeeded, 200),
        ]
        let inWindow = report(edges.map { customization($0, end: $1) }, since: 100, until: 200)
        #expect(inWindow.summary.failed == 2)
        #expect(inWindow.summary.succeeded == 0)
    }

    @Test func `an end before the start is a clock fault and has no duration`() {
        let figures = report([
            customization(.succeeded, end: 10, took: -0.001), customization(.failed, end: 20, took: 0),
        ]).summary
        #expect(figures.clockFaults == 1)
        #expect(figures.durations == DurationStatistics([0]))
        #expect(figures.finished == 2)
    }

    @Test func `a running customization is stuck once it exceeds the limit`() {
        let justNot = customization(.running, end: 10_000, took: 3600)
        let stuck = customization(.running, end: 10_000, took: 3600.001)
        #expect(report([justNot]).summary.stuck == 0)
        #expect(report([stuck]).summary.stuck == 1)
        #expect(report([stuck]).summary.running == 1)
        #expect(report([stuck]).virtualMachines.first?.stuckSince == at(6399.999))
        #expect(report([stuck], stuckAfterSeconds: 7200).summary.stuck == 0)
    }

    @Test func `a pending customization without a start is stuck by its first poll`() {
        var pending = customization(.pending, end: 10_000, took: 5000)
        pending.startTime = nil
        #expect(report([pending]).summary.stuck == 1)
        #expect(report([pending]).virtualMachines.first?.stuckSince == at(5001))
    }

    @Test func `a server clock that is ahead does not hide a stuck customization`() {
        var running = customization(.running, end: 10_000, took: 5000)
        running.startTime = at(90_000)
        #expect(report([running]).summary.stuck == 1)
    }

    @Test(arguments: [CustomizationOutcome.lost, .other, .succeeded, .failed])
    func `a customization that is no longer under way is not stuck`(outcome: CustomizationOutcome) {
        #expect(report([customization(outcome, end: 10_000, took: 5000)]).summary.stuck == 0)
    }

    @Test func `the latest error belongs to the failure that ended last`() throws {
        let vm = try #require(
            report([
                customization(.failed, end: 10, errorID: "a", error: "no Perl"), customization(.succeeded, end: 20),
                customization(.failed, end: 30, errorID: "b", error: "no Tools"), customization(.running, end: 40),
            ]).virtualMachines.first)
        #expect(vm.latestError == LatestError(id: "b", message: "no Tools", failedAt: at(30), recoveredAt: nil))
        #expect(vm.latestStatus == .running)
        #expect(vm.condition == .failing)
    }

    @Test func `the first success after a failure is the recovery, whatever the endpoint`() throws {
        let vm = try #require(
            report([
                customization(.succeeded, end: 5), customization(.failed, end: 10),
                customization(.succeeded, end: 20, endpoint: .customization), customization(.succeeded, end: 30),
            ]).virtualMachines.first)
        #expect(vm.latestError?.recoveredAt == at(20))
        #expect(vm.condition == .recovered)
    }

    @Test func `a success at the same instant is not a recovery`() {
        let vms = report([customization(.failed, end: 10), customization(.succeeded, end: 10)]).virtualMachines
        #expect(vms.first?.latestError?.recoveredAt == nil)
    }

    @Test func `a success after the window is a recovery but not counted`() throws {
        let late = report(
            [
                customization(.failed, end: 10), customization(.failed, end: 150), customization(.succeeded, end: 200),
                customization(.succeeded, end: 200, vm: "vm-2"),
            ], until: 100)
        let vm = try #require(late.virtualMachines.first)
        #expect(vm.latestError?.failedAt == at(10))
        #expect(vm.latestError?.recoveredAt == at(200))
        #expect(late.summary.customizations == 1)
        #expect(late.virtualMachines.count == 1)
    }

    @Test func `another VM's success is not a recovery`() {
        let vms = report([customization(.failed, end: 10), customization(.succeeded, end: 20, vm: "vm-2")])
            .virtualMachines
        #expect(vms.map(\.condition) == [.failing, .sound])
    }

    @Test func `a failure without an error is kept`() throws {
        let silent = report([customization(.failed, end: 10)])
        let vm = try #require(silent.virtualMachines.first)
        #expect(vm.latestError == LatestError(id: nil, message: nil, failedAt: at(10), recoveredAt: nil))
        #expect(
            silent.errors.map(\.withoutFailures) == [
                ErrorGroup(id: nil, message: nil, count: 1, virtualMachines: 1, first: at(10), last: at(10))
            ])
    }

    @Test func `one managed object id in two vCenters is two VMs`() {
        let vms = report([
            customization(.succeeded, end: 10, vCenter: "vc-a"), customization(.succeeded, end: 10, vCenter: "vc-b"),
        ]).virtualMachines
        #expect(vms.map(\.vCenter) == ["vc-a", "vc-b"])
    }

    @Test func `failures with the same error are one group`() {
        let errors = report([
            customization(.failed, end: 10, errorID: "tools", error: "no Tools"),
            customization(.failed, end: 50, errorID: "tools", error: "no Tools"),
            customization(.failed, end: 20, vm: "vm-2", error: "no Perl"),
            customization(.failed, end: 30, vm: "vm-3", errorID: "tools", error: "no Tools"),
            customization(.failed, end: 40, vm: "vm-3", errorID: "tools", error: "old Tools"),
        ]).errors
        #expect(
            errors.map(\.withoutFailures) == [
                ErrorGroup(id: "tools", message: "no Tools", count: 3, virtualMachines: 2, first: at(10), last: at(50)),
                ErrorGroup(
                    id: "tools", message: "old Tools", count: 1, virtualMachines: 1, first: at(40), last: at(40)),
                ErrorGroup(id: nil, message: "no Perl", count: 1, virtualMachines: 1, first: at(20), last: at(20)),
            ])
    }

    @Test func `the worst VMs come first`() {
        let vms = report([
            customization(.succeeded, end: 1, vm: "sound"), customization(.running, end: 1, vm: "under-way"),
            customization(.lost, end: 1, vm: "lost"),
            customization(.failed, end: 1, vm: "recovered"), customization(.succeeded, end: 2, vm: "recovered"),
            customization(.running, end: 9999, took: 9000, vm: "stuck"),
            customization(.succeeded, end: 1, vm: "half-failing"), customization(.failed, end: 2, vm: "half-failing"),
            customization(.failed, end: 1, vm: "failing-once"),
            customization(.failed, end: 1, vm: "failing-twice"), customization(.failed, end: 2, vm: "failing-twice"),
        ]).virtualMachines
        #expect(
            vms.map(\.vm) == [
                "failing-twice", "failing-once", "half-failing", "stuck", "recovered", "lost", "under-way", "sound",
            ])
    }

    /// With any history, the figures of the VMs add up to the summary, and no customization is counted twice.
    @Test(arguments: 1...60) func `the VMs add up to the summary`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var customizations: [Customization] = []
        for vCenter in ["vc-a", "vc-b"] {
            for vm in 1...5 {
                let ends = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                    Double(Int.random(in: -50...250, using: &random))
                }
                for end in ends.sorted() {
                    let outcome = CustomizationOutcome.allCases.randomElement(using: &random) ?? .other
                    let seconds = Double(Int.random(in: -5...7000, using: &random))
                    customizations.append(
                        customization(
                            outcome, end: end, took: seconds, vCenter: vCenter, vm: "vm-\(vm)",
                            error: outcome == .failed ? ["x", "y", nil].randomElement(using: &random) ?? nil : nil))
                }
            }
        }
        let whole = report(customizations.shuffled(using: &random), since: 0, until: 200)
        let inWindow = customizations.filter { $0.windowInstant >= at(0) && $0.windowInstant < at(200) }
        let summary = whole.summary
        let figures = whole.virtualMachines.map(\.figures)

        for outcome in CustomizationOutcome.allCases {
            let counted = inWindow.filter { $0.outcome == outcome }.count
            #expect(summary.count(of: outcome) == counted)
            #expect(figures.reduce(0) { $0 + $1.count(of: outcome) } == counted)
        }
        #expect(summary.customizations == inWindow.count)
        #expect(figures.reduce(0) { $0 + $1.stuck } == summary.stuck)
        #expect(figures.reduce(0) { $0 + $1.clockFaults } == summary.clockFaults)
        #expect(summary.clockFaults + (summary.durations?.count ?? 0) == summary.finished)
        #expect(summary.durations == DurationStatistics(inWindow.compactMap(\.durationSeconds).filter { $0 >= 0 }))
        #expect(whole.errors.reduce(0) { $0 + $1.count } == summary.failed)
        #expect(Set(inWindow.map { $0.vm.vCenter + $0.vm.id }).count == whole.virtualMachines.count)
        for vm in whole.virtualMachines {
            let own = customizations.filter { $0.vm.vCenter == vm.vCenter && $0.vm.id == vm.vm }
            let latest = own.filter { $0.outcome == .failed && inWindow.contains($0) }.map(\.windowInstant).max()
            #expect(vm.latestError?.failedAt == latest)
            let successes = own.filter { $0.outcome == .succeeded }.map(\.windowInstant)
            #expect(vm.latestError?.recoveredAt == latest.flatMap { latest in successes.filter { $0 > latest }.min() })
        }
        #expect(whole.virtualMachines == whole.virtualMachines.shuffled(using: &random).sorted { $0.isWorse(than: $1) })
    }
}

extension CustomizationFigures {
    fileprivate func count(of outcome: CustomizationOutcome) -> Int {
        switch outcome {
        case .succeeded: succeeded
        case .failed: failed
        case .running: running
        case .pending: pending
        case .lost: lost
        case .other: other
        }
    }
}
