import GuestCustomization
import TestSupport
import Testing

@Suite struct FailingBuilderTests {
    private func list(_ customizations: [Customization]) -> [FailingVirtualMachine] {
        var builder = FailingBuilder(stuckAfterSeconds: 3600)
        for customization in customizations { builder.add(customization) }
        return builder.build()
    }

    @Test func `a VM fails since the first failure after its last success`() throws {
        let vm = try #require(
            list([
                customization(.failed, end: 100), customization(.succeeded, end: 200),
                customization(.failed, end: 400, error: "second"), customization(.failed, end: 300, error: "first"),
            ]).first)
        #expect(vm.since == at(300))
        #expect(vm.failures?.count == 2)
        #expect(vm.failures?.latestAt == at(400))
        #expect(vm.failures?.error.message == "second")
        #expect(vm.stuckSince == nil)
    }

    @Test func `a success at either endpoint ends it, and a lost customization does not`() {
        let failed = customization(.failed, end: 100)
        #expect(list([failed, customization(.succeeded, end: 101, endpoint: .customization)]).isEmpty)
        #expect(list([failed, customization(.lost, end: 101)]).count == 1)
    }

    @Test func `a VM that is gone is not on the list, and a stuck one is, even if it does not fail`() {
        #expect(list([customization(.failed, end: 100, isListed: false)]).isEmpty)
        let stuck = list([customization(.running, end: 9000, took: 8000)])
        #expect(stuck.map(\.stuckSince) == [at(1000)])
        #expect(stuck.map(\.failures) == [nil])
        #expect(list([customization(.running, end: 9000, took: 60)]).isEmpty)
    }

    @Test func `the oldest comes first`() {
        let vms = list([
            customization(.failed, end: 300, vm: "vm-1"), customization(.failed, end: 100, vm: "vm-2"),
            customization(.running, end: 9000, took: 8800, vm: "vm-3"),
        ])
        #expect(vms.map(\.vm.id) == ["vm-2", "vm-3", "vm-1"])
    }

    @Test func `an error is meant by its cause, its identifier or its text, and never means a stuck VM`() {
        var builder = FailingBuilder(stuckAfterSeconds: 3600)
        builder.add(customization(.failed, end: 100, vm: "vm-1", error: "/usr/bin/perl: not found"))
        builder.add(customization(.failed, end: 100, vm: "vm-2", errorID: "a.b.Noexec", error: "it is noexec"))
        builder.add(customization(.running, end: 9000, took: 8800, vm: "vm-3"))
        let all = builder.build()
        let report = FailingReport(
            generatedAt: at(9000), virtualMachines: all.filter { $0.failures != nil },
            stuckOnly: all.filter { $0.failures == nil }, lastGoodPollAt: at(1))
        func ids(_ text: String) -> [String] { report.only(errorsMeantBy: text).listed.map(\.vm.id) }
        #expect(ids("perl-missing") == ["vm-1"])
        #expect(ids("noexec") == ["vm-2"])
        #expect(ids("usr/bin") == ["vm-1"])
        #expect(ids("nothing") == [])
        #expect(report.only(errorsMeantBy: "noexec").stuckOnly.isEmpty)
    }

    @Test func `whether a vCenter is polled follows from its usual interval, or a given one`() {
        func record(_ runs: [Double], now: Double) -> WatchRecord {
            var record = WatchRecord(
                vCenter: "vc", window: ReportWindow(since: at(0), until: at(now)), knownUntil: at(now),
                runs: runs.count,
                firstGoodRunAt: runs.first.map(at), goodRuns: runs.map(at), before: nil, recent: runs.map(at))
            record.firstRunAt = at(10)
            return record
        }
        let everyHour = [0.0, 3600, 7200]
        #expect(record(everyHour, now: 7200 + 9000).notPolledSince() == nil)
        #expect(record(everyHour, now: 7200 + 9001).notPolledSince() == at(7200))
        #expect(record(everyHour, now: 7200 + 3601).notPolledSince(silentAfter: 3600) == at(7200))
        #expect(record([0], now: 86_400).notPolledSince() == nil)
        #expect(record([0], now: 86_401).notPolledSince() == at(0))
        #expect(record([], now: 86_411).notPolledSince() == at(10))
    }
}
