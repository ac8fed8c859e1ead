import GuestCustomization
import TestSupport
import Testing

/// Random histories, told on one channel whose deliveries sometimes fail.
@Suite struct NotificationPropertyTests {
    @Test func `each event is told exactly once, whatever deliveries fail`() throws {
        for seed in UInt64(0)..<300 {
            var world = NotificationWorld(vms: 5, random: SeededGenerator(seed: seed))
            var channel = Channel()
            for _ in 0..<Int.random(in: 0..<20, using: &world.random) { world.step() }
            try channel.run(&world, delivers: true, seed)
            for _ in 0..<60 {
                world.step()
                if Bool.random(using: &world.random) {
                    try channel.run(&world, delivers: Int.random(in: 0..<3, using: &world.random) > 0, seed)
                }
            }
            try channel.run(&world, delivers: true, seed)
            // Twice in a row: nothing is new.
            let quiet = try channel.run(&world, delivers: true, seed)
            try #require(quiet.notification.isEmpty, "seed \(seed)")
            try #require(!quiet.isChange, "seed \(seed)")
            for kind in NotificationEvent.Kind.allCases {
                let told = channel.told[kind] ?? []
                try #require(Set(told).count == told.count, "\(kind) twice, seed \(seed)")
            }
            let failed = world.all(.failed).subtracting(channel.before[.failed] ?? [])
            try #require(Set(channel.told[.failed] ?? []) == failed, "failed, seed \(seed)")
            // A VM that was gone may be back, with its customization still running.
            let lost = world.all(.lost).subtracting(channel.before[.lost] ?? [])
            try #require(Set(channel.told[.lost] ?? []).isSuperset(of: lost), "lost, seed \(seed)")
            let stuck = channel.seenStuck.subtracting(channel.before[.stuck] ?? [])
            try #require(Set(channel.told[.stuck] ?? []) == stuck, "stuck, seed \(seed)")
        }
    }
}

/// A channel, and what it told.
private struct Channel {
    private var state: NotificationState?
    private var failing: Set<Int> = []
    /// What it told, by VM and beginning of the customization.
    private(set) var told: [NotificationEvent.Kind: [String]] = [:]
    /// What had happened before its first use.
    private(set) var before: [NotificationEvent.Kind: Set<String>] = [:]
    /// The customizations that were stuck when it was delivered.
    private(set) var seenStuck: Set<String> = []

    /// Runs `notify` once, and checks what it tells against the world.
    @discardableResult
    mutating func run(_ world: inout NotificationWorld, delivers: Bool, _ seed: UInt64) throws -> NotificationPlan {
        if let problems = state?.problems { state?.problems = world.relisted(problems) }
        let facts = world.facts
        let plan = NotificationPlan(from: state, facts, at: at(world.now))
        let groups = plan.notification.groups
        let counts = Dictionary(grouping: groups, by: \.kind).mapValues { $0.reduce(0) { $0 + $1.subjects.count } }
        guard delivers else { return plan }

        let lasting = Set(
            plan.problems.compactMap { if case .failing(let row) = $0.subject { Int(row.rawValue) } else { nil } })
        try #require(lasting == world.failing, "what fails, seed \(seed)")
        // A VM recovered if it failed at the last delivery or since, does not fail now, and is there.
        let fresh = Set(
            groups.filter { $0.kind == .failed }.flatMap(\.subjects).compactMap { $0.vm?.row.map { Int($0.rawValue) } })
        let recovered = failing.union(fresh).subtracting(world.failing).filter { world.vms[$0].isListed }
        let toldRecovered = groups.filter { $0.kind == .recovered }.flatMap(\.subjects).compactMap {
            $0.vm?.row.map { Int($0.rawValue) }
        }
        if state != nil {
            try #require(Set(toldRecovered).isSuperset(of: recovered), "recovered, seed \(seed)")
            try #require(Set(toldRecovered).count == toldRecovered.count, "recovered twice, seed \(seed)")
            try #require(
                counts.values.reduce(0, +) == plan.events.count + toldRecovered.count, "counts, seed \(seed)")
        } else {
            try #require(plan.notification.isEmpty, "the first use tells nothing, seed \(seed)")
        }
        seenStuck.formUnion(world.stuck)
        failing = world.failing
        for event in plan.events {
            let name = "vm-\(event.vm.rawValue) \(event.startTime ?? at(0))"
            if state == nil {
                before[event.kind, default: []].insert(name)
            } else {
                told[event.kind, default: []].append(name)
            }
        }
        state = world.state(after: plan, from: state)
        return plan
    }
}
