/// One VM's figures in a window. The same managed object id in two vCenters means two VMs; so does the same id with two instance
/// UUIDs.
package struct VirtualMachineReport: Hashable, Sendable {
    /// Name of the vCenter.
    package var vCenter: String
    /// Managed object id.
    package var vm: String
    /// `nil` while unknown.
    package var instanceUUID: String?
    /// The VM's latest known name.
    package var name: String
    /// False if it is gone: the latest whole listing of its vCenter did not have it.
    package var isListed = true
    /// The figures of its customizations in the window.
    package var figures: CustomizationFigures
    /// The vCenter's status word for the VM's latest customization in the window.
    package var latestStatus: CustomizationStatus
    /// Its latest error; `nil` if no customization failed in the window.
    package var latestError: LatestError?
    /// Its latest failure with the requested error; `nil` if the report was not restricted to an error.
    package var matchedError: LatestError?
    /// Since when the VM's latest stuck customization has been under way; `nil` if none is stuck.
    package var stuckSince: Timestamp?
}

/// The error of a VM's most recently ended failed customization in a window (definition 7 of docs/design.md §2).
package struct LatestError: Hashable, Sendable {
    /// Identifier of the error; `nil` if the vCenter sent none.
    package var id: String?
    /// Text of the error; `nil` if the vCenter sent no error.
    package var message: String?
    /// When the failed customization ended.
    package var failedAt: Timestamp
    /// When the first later customization of that VM that succeeded ended, at either endpoint and even after the window's
    /// end; `nil` if none has.
    package var recoveredAt: Timestamp?

    package init(id: String?, message: String?, failedAt: Timestamp, recoveredAt: Timestamp?) {
        self.id = id
        self.message = message
        self.failedAt = failedAt
        self.recoveredAt = recoveredAt
    }
}

extension VirtualMachineReport {
    /// The condition of a VM, the worst first.
    package enum Condition: Int, CaseIterable, Hashable, Comparable, Sendable {
        /// Its latest failure was not followed by a success.
        case failing
        /// A customization is stuck.
        case stuck
        /// It failed, and has succeeded since.
        case recovered
        /// A customization's end was not seen, or it reported an unknown status.
        case unclear
        /// A customization is running or pending.
        case underWay
        /// Every customization succeeded.
        case sound
        /// The vCenter no longer lists it, so there is nothing to do about it.
        case gone

        package static func < (left: Condition, right: Condition) -> Bool { left.rawValue < right.rawValue }
    }

    /// Its condition by the customizations in the window; the worst one that applies.
    package var condition: Condition {
        guard isListed else { return .gone }
        if let latestError, latestError.recoveredAt == nil { return .failing }
        if figures.stuck > 0 { return .stuck }
        if latestError != nil { return .recovered }
        if figures.lost + figures.other > 0 { return .unclear }
        return figures.running + figures.pending > 0 ? .underWay : .sound
    }

    /// Whether this VM sorts before `other`, the worst first: by condition, then the higher failure rate, more failures, more
    /// stuck, more lost, the later failure, and finally by name, vCenter, managed object id and instance UUID.
    package func isWorse(than other: VirtualMachineReport) -> Bool {
        let (badness, otherBadness) = (badness, other.badness)
        return badness == otherBadness ? isNamedBefore(other) : badness > otherBadness
    }

    /// Everything by which VMs are sorted except their names, for sorting many.
    struct Badness: Comparable {
        private let condition: Condition
        private let rate: Double
        private let counts: (failed: Int, stuck: Int, lost: Int)
        private let failedAt: Int64

        fileprivate init(_ vm: VirtualMachineReport) {
            condition = vm.condition
            rate = vm.figures.failureRate ?? 0
            counts = (vm.figures.failed, vm.figures.stuck, vm.figures.lost)
            failedAt = vm.latestError?.failedAt.unixMilliseconds ?? .min
        }

        static func == (left: Badness, right: Badness) -> Bool {
            left.condition == right.condition && left.rate == right.rate && left.counts == right.counts
                && left.failedAt == right.failedAt
        }

        static func < (left: Badness, right: Badness) -> Bool {
            // The worst condition has the lowest raw value.
            if left.condition != right.condition { return left.condition > right.condition }
            if left.rate != right.rate { return left.rate < right.rate }
            return left.counts == right.counts ? left.failedAt < right.failedAt : left.counts < right.counts
        }
    }

    var badness: Badness { Badness(self) }

    /// Both are borrowed, since copying them takes longer than comparing their names.
    fileprivate borrowing func isNamedBefore(_ other: borrowing VirtualMachineReport) -> Bool {
        (name, vCenter, vm, instanceUUID ?? "") < (other.name, other.vCenter, other.vm, other.instanceUUID ?? "")
    }
}

extension [VirtualMachineReport] {
    /// Whether they are on several vCenters, so that each is named with its own.
    package var areOnSeveralVCenters: Bool { contains { $0.vCenter != self[0].vCenter } }

    /// Puts the worst first. Comparing and moving the reports themselves would take several times as long, and a second array of
    /// them tens of MiB.
    mutating func sortByBadness() {
        let badness = map(\.badness)
        // Where what belongs at each position stands now.
        var order = withUnsafeBufferPointer { vms in
            vms.indices.sorted {
                badness[$0] == badness[$1] ? vms[$0].isNamedBefore(vms[$1]) : badness[$0] > badness[$1]
            }
        }
        for start in indices {
            var position = start
            while order[position] != start {
                let next = order[position]
                swapAt(position, next)
                order[position] = position
                position = next
            }
            order[position] = position
        }
    }
}
