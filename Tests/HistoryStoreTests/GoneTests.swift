import GuestCustomization
import Testing

@testable import HistoryStore

@Suite struct GoneTests {
    private static let both = ["vm-1", "vm-2"].map { VirtualMachine(id: $0, name: $0) }
    private static let first = [both[0]]

    private func outcomes(_ history: TemporaryHistory) throws -> [String] {
        try history.query("SELECT vm, endpoint, outcome, polls FROM customization_history ORDER BY vm, endpoint")
    }

    private func listed(_ history: TemporaryHistory) throws -> [String] {
        try history.query(
            "SELECT v.moid FROM listed_virtual_machine AS l JOIN virtual_machine AS v ON v.id = l.vm_id ORDER BY 1")
    }

    @Test func `a customization under way on a VM that is gone is lost at both endpoints, and resumes with the VM`()
        async throws
    {
        let history = try TemporaryHistory()
        let running = Answer.status(.running, start: 0)
        try await history.run(at: .epoch(0), listing: Self.both, [("vm-2", running)])
        try await history.run(
            at: .epoch(60), endpoint: .customization, listing: Self.both, [("vm-2", .status(.pending))])
        #expect(try listed(history) == ["vm-1", "vm-2"])

        try await history.run(at: .epoch(3600), listing: Self.first, [("vm-1", .status(.notAvailable))])
        #expect(try outcomes(history) == ["vm-2|customization|lost|1", "vm-2|customization-live|lost|1"])
        #expect(try listed(history) == ["vm-1"])
        try await history.database.rebuildCustomizations()
        #expect(try outcomes(history) == ["vm-2|customization|lost|1", "vm-2|customization-live|lost|1"])

        // It answers word for word what it answered before.
        try await history.run(at: .epoch(7200), listing: Self.both, [("vm-2", running)])
        #expect(try outcomes(history) == ["vm-2|customization|lost|1", "vm-2|customization-live|running|2"])
        #expect(try listed(history) == ["vm-1", "vm-2"])
        try await history.run(
            at: .epoch(7260), endpoint: .customization, listing: Self.both, [("vm-2", .status(.pending))])
        #expect(try outcomes(history) == ["vm-2|customization|pending|2", "vm-2|customization-live|running|2"])
    }

    @Test func `a listing of some VMs ends no span, and a later one resumes it`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), listing: Self.both, [("vm-2", .status(.running, start: 0))])
        try await history.run(at: .epoch(3600), listing: Self.first, isWhole: false, [])
        #expect(try outcomes(history) == ["vm-2|customization-live|running|1"])
        #expect(try listed(history) == ["vm-1", "vm-2"])

        try await history.run(at: .epoch(7200), listing: Self.first, [])
        #expect(try listed(history) == ["vm-1"])
        try await history.run(at: .epoch(10800), listing: [Self.both[1]], isWhole: false, [])
        #expect(try listed(history) == ["vm-1", "vm-2"])
        // Another vCenter's listing says nothing of this one's VMs.
        try await history.run(at: .epoch(14400), vCenter: "other", listing: Self.first, [])
        #expect(try listed(history) == ["vm-1", "vm-1", "vm-2"])
    }

    @Test func `a run that is open at the other endpoint continues from the listing`() async throws {
        let history = try TemporaryHistory()
        let running = Answer.status(.running, start: 0)
        let open = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(0))
        _ = try await history.database.record(VirtualMachineList(Self.both, isWhole: true), in: open, at: .epoch(0))
        try await history.database.append([Poll(vm: "vm-2", polledAt: .epoch(1), answer: running)], to: open)
        try await history.run(at: .epoch(60), endpoint: .customization, listing: Self.first, [])
        #expect(try outcomes(history) == ["vm-2|customization-live|lost|1"])
        try await history.run(at: .epoch(3600), listing: Self.both, [("vm-2", running)])
        #expect(try outcomes(history) == ["vm-2|customization-live|running|2"])
    }

    @Test func `a VM that is gone keeps its failures, and the view shows that it is gone`() async throws {
        let history = try TemporaryHistory()
        let failed = Answer.status(.failed, start: 0, end: 9, error: .text("no Perl"))
        try await history.run(at: .epoch(0), listing: Self.both, [("vm-1", failed), ("vm-2", failed)])
        try await history.run(at: .epoch(3600), listing: Self.first, [("vm-1", failed)])
        #expect(
            try history.query("SELECT vm, error_message, is_listed FROM latest_error ORDER BY vm") == [
                "vm-1|no Perl|1", "vm-2|no Perl|0",
            ])
        let window = ReportWindow(since: .epoch(0), until: .epoch(7200))
        let report = try Report(of: history.database, window: window, generatedAt: window.until)
        #expect(report.virtualMachines.map(\.condition) == [.failing, .gone])
        #expect(report.summary.failed == 2)
    }

    @Test func `the number of VMs listed before is that of the same vCenter, endpoint and selection`() async throws {
        let history = try TemporaryHistory()
        try await history.run(at: .epoch(0), listing: Self.both, [])
        try await history.run(at: .epoch(60), listing: [], isWhole: false, outcome: .partial, [])
        try await history.run(at: .epoch(120), vCenter: "other", listing: Self.first, [])
        try await history.run(at: .epoch(180), endpoint: .customization, listing: Self.first, [])
        let run = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(240))
        #expect(try await history.database.virtualMachinesListed(before: run, .all) == 2)
        #expect(try await history.database.virtualMachinesListed(before: run, .filtered) == nil)
        let some = VirtualMachineList(Self.first, selection: .filtered, isWhole: false)
        _ = try await history.database.record(some, in: run, at: .epoch(241))
        let next = try await history.database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(300))
        #expect(try await history.database.virtualMachinesListed(before: next, .all) == 2)
        #expect(try await history.database.virtualMachinesListed(before: next, .filtered) == 1)
    }
}
