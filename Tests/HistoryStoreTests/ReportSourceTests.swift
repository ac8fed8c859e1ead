import GuestCustomization
import Testing

@testable import HistoryStore

@Suite struct ReportSourceTests {
    private static func hour(_ hour: Double) -> Timestamp { .epoch(hour * 3600) }

    @Test func `customizations are read from the window's start on, and by filter`() async throws {
        let history = try TemporaryHistory()
        for (vCenter, endpoint) in [("vc-b", Endpoint.customization), ("vc-a", .customizationLive)] {
            try await history.run(
                at: Self.hour(1), vCenter: vCenter, endpoint: endpoint,
                listing: ["vm-1", "vm-2", "vm-10"].map { VirtualMachine(id: $0, name: "name[\($0)]") },
                [
                    ("vm-2", .status(.succeeded, start: 10, end: 20)), ("vm-1", .status(.failed, start: 10, end: 30)),
                    ("vm-10", .status(.running, start: 5)),
                ])
            try await history.run(
                at: Self.hour(2), vCenter: vCenter, endpoint: endpoint,
                listing: ["vm-1", "vm-2", "vm-10"].map { VirtualMachine(id: $0, name: "name[\($0)]") },
                [("vm-1", .status(.failed, start: 3700, end: 3701))])
        }
        func found(_ filter: ReportFilter = ReportFilter(), since: Timestamp = .epoch(0)) throws -> [String] {
            try TallyLines.of(history.database, since: since, filter).sorted()
        }
        let ofA = [
            "vc-a vm-1 failed", "vc-a vm-1 failed", "vc-a vm-10 running", "vc-a vm-2 succeeded in 10.0 s",
        ]
        #expect(try found() == ofA + ofA.map { $0.replacing("vc-a", with: "vc-b") })
        #expect(
            try found(since: Self.hour(1)) == [
                "vc-a vm-1 failed", "vc-a vm-10 running", "vc-b vm-1 failed", "vc-b vm-10 running",
            ])
        #expect(try found(ReportFilter(vCenters: ["vc-a"])) == ofA)
        #expect(try found(ReportFilter(endpoints: [.customizationLive])) == ofA)
        #expect(try found(ReportFilter(vms: ["vm-2"], vCenters: ["vc-a"])) == ["vc-a vm-2 succeeded in 10.0 s"])
        #expect(try found(ReportFilter(vms: ["vm-1?"], vCenters: ["vc-a"])) == ["vc-a vm-10 running"])
        #expect(
            try found(ReportFilter(vms: ["name[vm-2]", "x'"], vCenters: ["vc-a"])) == ["vc-a vm-2 succeeded in 10.0 s"])
        #expect(try found(ReportFilter(vms: ["nam?*2]"], vCenters: ["vc-a"])) == ["vc-a vm-2 succeeded in 10.0 s"])
        #expect(try found(ReportFilter(vms: ["vm-[!12]", "vm-1[!1-9]"], vCenters: ["vc-a"])) == ["vc-a vm-10 running"])
        #expect(try found(ReportFilter(vCenters: ["vc-c"])).isEmpty)
    }

    @Test func `a VM that is gone is no longer without data in the metrics, and still is in a report`() async throws {
        let history = try TemporaryHistory()
        let both = ["vm-1", "vm-2"].map { VirtualMachine(id: $0, name: $0) }
        try await history.run(
            at: Self.hour(1), listing: both,
            [("vm-1", .status(.succeeded, start: 10, end: 20)), ("vm-2", Answer(result: .unauthorized))])
        let window = ReportWindow(since: Self.hour(0), until: Self.hour(3))
        func withoutData() throws -> [Int] {
            let coverage = try history.database.coverage(of: window, matching: ReportFilter(), now: Self.hour(3))
            return [coverage.virtualMachinesWithoutData, coverage.listedWithoutData]
                + (try history.database.metrics(on: window).sources.map(\.virtualMachinesWithoutData))
        }
        #expect(try withoutData() == [1, 1, 1])
        try await history.run(
            at: Self.hour(2), listing: Array(both.prefix(1)), [("vm-1", .status(.succeeded, start: 10, end: 20))])
        #expect(try withoutData() == [1, 0, 0])
    }

    @Test(arguments: [
        (Answer(result: .unavailable, isAnswer: true, failure: .text("VMware Tools is not running")), true),
        (Answer(result: .unavailable, isAnswer: false, failure: .text("upstream connect error")), false),
        (Answer(result: .unauthorized), false), (Answer(result: .unreachable), false),
    ])
    func `a guest that hangs and tells nothing more is stuck, one that nobody can ask is not`(
        answer: Answer, isStuck: Bool
    ) async throws {
        let history = try TemporaryHistory()
        try await history.run(at: Self.hour(1), [("vm-1", .status(.running, start: 3500))])
        func check(_ expected: Bool) throws {
            let customization = try #require(try history.counted(among: []).first)
            #expect(customization.outcome == .running && customization.lastPolledAt < Self.hour(1.1))
            #expect(customization.isStuck(after: 3600) == expected)
        }
        try await history.run(at: Self.hour(1.5), [("vm-1", answer)])
        try check(false)
        try await history.run(at: Self.hour(9), [("vm-1", answer)])
        try check(isStuck)
        // What is known stays known while the vCenter cannot be asked.
        try await history.run(at: Self.hour(12), [("vm-1", Answer(result: .unreachable))])
        try check(isStuck)
        let window = ReportWindow(since: Self.hour(0), until: Self.hour(13))
        #expect(try history.database.metrics(on: window).vCenters.map(\.stuck) == [isStuck ? 1 : 0])
    }

    @Test
    func
        `coverage reports runs, gaps, the last good poll and VMs without data, for the latest window and for an older one`()
        async throws
    {
        let history = try TemporaryHistory()
        func coverage(_ since: Double, _ until: Double, _ filter: ReportFilter = ReportFilter(), now: Double = 9) throws
            -> ReportCoverage
        {
            var coverage = try history.database.coverage(
                of: ReportWindow(since: Self.hour(since), until: Self.hour(until)), matching: filter,
                now: Self.hour(now))
            // WatchRecordTests has these.
            coverage.vCenters = []
            coverage.firstGoodRunAt = nil
            // The test on VMs that are gone has it.
            coverage.listedWithoutData = 0
            return coverage
        }
        // Nobody ever looked: the whole window, never "no gap".
        #expect(try coverage(0, 9) == ReportCoverage(longestGapSeconds: 9 * 3600))
        let good = Answer.status(.notAvailable)
        try await history.run(at: Self.hour(1), [("vm-1", good), ("vm-2", .nothing(.timedOut))])
        try await history.run(
            at: Self.hour(2), outcome: .partial, [("vm-1", .nothing(.timedOut)), ("vm-2", .nothing(.timedOut))])
        try await history.run(at: Self.hour(4), [("vm-1", good), ("vm-3", good)])
        let failed = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: Self.hour(5))
        try await history.database.finishRun(
            failed, as: CollectionRunEnd(outcome: .failed, finishedAt: Self.hour(5), failure: "why"))

        #expect(
            try coverage(0, 9)
                == ReportCoverage(
                    runs: 4, complete: 2, partial: 1, failed: 1, longestGapSeconds: 5 * 3600,
                    lastGoodPollAt: Self.hour(4).advanced(bySeconds: 2), virtualMachinesWithoutData: 1))
        // Before vm-1 reported again: that it did so at hour 1 is in the polls only.
        #expect(
            try coverage(1.5, 3)
                == ReportCoverage(
                    runs: 1, partial: 1, longestGapSeconds: 2 * 3600,
                    lastGoodPollAt: Self.hour(1).advanced(bySeconds: 1),
                    virtualMachinesWithoutData: 2))
        #expect(try coverage(0, 3).virtualMachinesWithoutData == 1)
        #expect(try coverage(0, 9, ReportFilter(vms: ["vm-1"])).virtualMachinesWithoutData == 0)
        #expect(try coverage(0, 9, ReportFilter(vms: ["vm-2"])).lastGoodPollAt == nil)
        // vm-2 is in no listing of these hours, nor in the latest before.
        #expect(try coverage(4.5, 9).virtualMachinesWithoutData == 2)
        #expect(
            try coverage(0, 9, ReportFilter(endpoints: [.customization])) == ReportCoverage(longestGapSeconds: 9 * 3600)
        )
        // From the window's beginning to the first run, between runs, and from the last one to the window's end or now.
        #expect(try coverage(0, 1.5).longestGapSeconds == 3600)
        #expect(try coverage(0, 4.5).longestGapSeconds == 3 * 3600)
        #expect(try coverage(3.5, 4.5).longestGapSeconds == 3 * 3600)
        #expect(try coverage(3.5, 9).longestGapSeconds == 5 * 3600)
        #expect(try coverage(3.5, 20, now: 9).longestGapSeconds == 5 * 3600)
        #expect(try coverage(10, 20, now: 9).longestGapSeconds == nil)
    }

    @Test func `each vCenter is watched separately, at either endpoint`() async throws {
        let history = try TemporaryHistory()
        let good = Answer.status(.notAvailable)
        for hour in 0..<20 { try await history.run(at: Self.hour(Double(hour)), vCenter: "vc-a", [("vm-1", good)]) }
        for hour in 20..<40 {
            try await history.run(
                at: Self.hour(Double(hour)), vCenter: "vc-a", endpoint: .customization, [("vm-1", good)])
        }
        for hour in 30..<35 { try await history.run(at: Self.hour(Double(hour)), vCenter: "vc-b", [("vm-1", good)]) }
        _ = try await history.database.beginRun(
            vCenter: "vc-c", endpoint: .customizationLive, at: Self.hour(39))
        let records = try history.database.coverage(
            of: ReportWindow(since: Self.hour(10), until: Self.hour(40)), matching: ReportFilter(), now: Self.hour(40)
        ).vCenters
        #expect(records.map(\.vCenter) == ["vc-a", "vc-b", "vc-c"])
        #expect(records.map(\.runs) == [30, 5, 1])
        #expect(records[0].gaps.isEmpty)
        #expect(
            records[1].gaps == [
                WatchRecord.Gap(since: Self.hour(10), until: Self.hour(30)),
                WatchRecord.Gap(since: Self.hour(34), until: Self.hour(40)),
            ])
        #expect(records[2].gaps == [WatchRecord.Gap(since: Self.hour(10), until: Self.hour(40))])
        #expect(records[2].firstGoodRunAt == nil)
    }
}
