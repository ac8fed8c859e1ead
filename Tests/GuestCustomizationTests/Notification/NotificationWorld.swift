import GuestCustomization
import TestSupport

/// VMs whose customizations happen at random, and what a channel that tells of them has to tell.
struct NotificationWorld {
    struct VM {
        var isListed = true
        var customizations: [Customization] = []
    }

    var vms: [VM]
    private(set) var now = 0.0
    var random: SeededGenerator

    init(vms count: Int, random: SeededGenerator) {
        vms = Array(repeating: VM(), count: count)
        self.random = random
    }

    static let stuckAfter = 600.0

    /// Lets time go by, and something happen to one VM.
    mutating func step() {
        now += Double(Int.random(in: 1...400, using: &random))
        let index = Int.random(in: vms.indices, using: &random)
        // What is running goes on, ends, or is lost when another customization begins.
        if let last = vms[index].customizations.last, last.outcome == .running {
            vms[index].customizations.removeLast()
            let began = last.startTime?.seconds(since: at(0)) ?? 0
            let outcome: CustomizationOutcome = random.pick([.running, .running, .succeeded, .failed, .lost])
            vms[index].customizations.append(made(outcome, began: began, vm: index, first: last.firstPolledAt))
        } else if Int.random(in: 0..<12, using: &random) == 0 {
            vms[index].isListed.toggle()
        } else {
            let outcome: CustomizationOutcome = random.pick([.running, .succeeded, .failed, .failed])
            vms[index].customizations.append(made(outcome, began: now - 0.5, vm: index, first: at(now)))
        }
    }

    private func made(
        _ outcome: CustomizationOutcome, began: Double, vm index: Int, first: Timestamp
    ) -> Customization {
        Customization(
            of: vm(index), endpoint: .customizationLive, outcome: outcome, status: .running, startTime: at(began),
            endTime: outcome.isFinished ? at(now) : nil, endFirstPolledAt: outcome.isFinished ? at(now) : nil,
            firstPolledAt: first, lastPolledAt: at(now), polls: 1,
            errorID: nil,
            errorMessage: outcome == .failed ? ["perl: not found", "odd \(index)", "noexec"][index % 3] : nil)
    }

    private func vm(_ index: Int) -> CustomizedVM {
        CustomizedVM(
            vCenter: "vc", id: "vm-\(index)", name: "web-\(index)", isListed: vms[index].isListed,
            row: VirtualMachineRow(rawValue: Int64(index)))
    }

    /// The history as it is read now: whether a VM is listed is a fact about all of its customizations.
    var facts: NotificationFacts {
        var facts = NotificationFacts(stuckAfterSeconds: Self.stuckAfter)
        for (index, vm) in vms.enumerated() {
            for customization in vm.customizations {
                var read = customization
                read.vm = self.vm(index)
                // Definition 2: what was running on a VM that is gone is lost.
                if !vm.isListed, read.outcome == .running { read.outcome = .lost }
                facts.add(read)
            }
        }
        return facts
    }

    /// The VMs that fail now, by definition 8.
    var failing: Set<Int> {
        Set(
            vms.indices.filter { index in
                vms[index].isListed && vms[index].customizations.last { $0.outcome.isFinished }?.outcome == .failed
            })
    }

    /// Each customization with this outcome as VM and beginning.
    func all(_ outcome: CustomizationOutcome) -> Set<String> { names { $0.outcome == outcome } }

    /// The customizations of listed VMs that are stuck now.
    var stuck: Set<String> {
        names { [vms] customization in
            customization.isStuck(after: Self.stuckAfter)
                && vms[Int(customization.vm.row?.rawValue ?? 0)].isListed
        }
    }

    private func names(of isMeant: (Customization) -> Bool) -> Set<String> {
        Set(
            vms.enumerated().flatMap { index, vm in
                vm.customizations.filter(isMeant).map { "vm-\(index) \($0.startTime ?? at(0))" }
            })
    }

    /// A channel's state after a delivery, as the store keeps it.
    func state(after plan: NotificationPlan, from state: NotificationState?) -> NotificationState {
        var events = state?.events ?? KnownEvents()
        for event in plan.events { events.insert(event) }
        return NotificationState(
            events: events, problems: relisted(plan.problems), deliveredAt: plan.notification.generatedAt)
    }

    /// Problems as they are read later: with the VM as it is known then.
    func relisted(_ problems: [LastingProblem]) -> [LastingProblem] {
        problems.map { problem in
            var problem = problem
            if let row = problem.vm?.row { problem.vm = vm(Int(row.rawValue)) }
            return problem
        }
    }
}
