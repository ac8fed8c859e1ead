import GuestCustomization
import Testing

@Suite struct ReportOrderTests {
    private let mixed = report([
        customization(.failed, end: 10, took: 5, vm: "a", error: "x"),
        customization(.failed, end: 20, took: 5, vm: "a", error: "x"),
        customization(.succeeded, end: 30, took: 90, vm: "b"), customization(.succeeded, end: 40, took: 90, vm: "b"),
        customization(.succeeded, end: 50, took: 90, vm: "b"),
        customization(.failed, end: 60, took: 5, vm: "b", error: "y"),
        customization(.running, end: 70, vm: "c"),
    ])

    @Test(arguments: [
        (ReportOrder.worst, ["a", "b", "c"]), (.name, ["a", "b", "c"]), (.rate, ["a", "b", "c"]),
        (.failed, ["a", "b", "c"]),
        (.count, ["b", "a", "c"]), (.duration, ["b", "a", "c"]), (.latest, ["b", "a", "c"]),
    ])
    func `the largest figure comes first, and rows without a figure last`(order: ReportOrder, vms: [String]) {
        #expect(mixed.sorted(by: order).virtualMachines.map(\.vm) == vms)
    }

    @Test(arguments: ReportOrder.allCases)
    func `gone VMs come last in every order and are not failing`(order: ReportOrder) {
        let some = report([
            customization(.failed, end: 90, took: 500, vm: "a", name: "a", isListed: false, error: "x"),
            customization(.failed, end: 95, took: 500, vm: "a", name: "a", isListed: false, error: "x"),
            customization(.succeeded, end: 30, took: 9, vm: "b", name: "b"),
            customization(.failed, end: 10, took: 5, vm: "c", name: "c", error: "x"),
        ]).sorted(by: order)
        #expect(some.virtualMachines.last?.vm == "a")
        #expect(some.virtualMachines.last?.condition == .gone)
        #expect(some.virtualMachines.count { $0.condition == .failing } == 1)
        #expect(some.summary.failed == 3 && some.summary.finished == 4)
    }

    @Test func `errors can be ordered by the latest`() {
        #expect(mixed.errors.map(\.message) == ["x", "y"])
        #expect(mixed.sorted(by: .latest).errors.map(\.message) == ["y", "x"])
    }

    @Test func `vCenters add up to the summary`() {
        let two = report([
            customization(.failed, end: 10, vCenter: "a"),
            customization(.succeeded, end: 20, took: 10, vCenter: "a", vm: "vm-2"),
            customization(.succeeded, end: 30, took: 50, vCenter: "b"),
        ])
        #expect(two.vCenters.map(\.name) == ["a", "b"])
        #expect(two.vCenters.map(\.virtualMachines) == [2, 1])
        #expect(two.vCenters.map(\.figures.customizations) == [2, 1])
        #expect(two.summary.durations == DurationStatistics([30, 10, 50]))
        #expect(two.sorted(by: .failed).vCenters.map(\.name) == ["a", "b"])
        #expect(two.sorted(by: .duration).vCenters.map(\.name) == ["b", "a"])
        #expect(two.durations.counts.reduce(0, +) == 3)
    }
}
