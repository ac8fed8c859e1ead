import Foundation

/// What one channel tells at one time: groups of things with one cause.
package struct Notification: Hashable, Sendable {
    /// When the history was read.
    package var generatedAt: Timestamp
    /// The time zone of the instants shown to people.
    package var timeZone: TimeZone
    /// The most important first.
    package var groups: [NotificationGroup]
    /// Everything that lasts now, told before or not.
    package var lasting: [LastingProblem]
    /// What lasted at the last delivery and is over now.
    package var ended: [LastingProblem]

    package init(
        generatedAt: Timestamp, timeZone: TimeZone = .gmt, groups: [NotificationGroup], lasting: [LastingProblem] = [],
        ended: [LastingProblem] = []
    ) {
        self.generatedAt = generatedAt
        self.timeZone = timeZone
        self.groups = groups
        self.lasting = lasting
        self.ended = ended
    }

    /// Whether there is nothing to tell people.
    package var isEmpty: Bool { groups.isEmpty }
}

/// Things of one kind and cause.
package struct NotificationGroup: Hashable, Sendable {
    /// What they are, the most important first.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case notPolled = "not_polled"
        case failed
        case stuck
        case lost
        case stillNotPolled = "still_not_polled"
        case stillFailing = "still_failing"
        case stillStuck = "still_stuck"
        case recovered
        case polledAgain = "polled_again"
    }

    /// One of the things.
    package struct Subject: Hashable, Sendable {
        /// Name of the vCenter.
        package var vCenter: String
        /// The VM; `nil` if it is about the vCenter itself.
        package var vm: CustomizedVM?
        /// When it failed or recovered, since when it is stuck or not polled, or when it was last seen.
        package var at: Timestamp
        /// Of a vCenter that is polled again: the last good poll before. `nil` for all else.
        package var since: Timestamp?
        /// Of a vCenter that is not polled: whether it ever was. Otherwise `at` is its first run.
        package var wasPolled = true

        package init(vCenter: String, vm: CustomizedVM?, at: Timestamp, since: Timestamp? = nil) {
            self.vCenter = vCenter
            self.vm = vm
            self.at = at
            self.since = since
        }
    }

    /// What they are.
    package var kind: Kind
    /// Why they probably failed; `nil` if that is not known, or if they did not fail.
    package var cause: FailureCause?
    /// The latest error; `nil` if they did not fail.
    package var error: ReportedError?
    /// Ordered by instant and name.
    package var subjects: [Subject]

    package init(kind: Kind, cause: FailureCause? = nil, error: ReportedError? = nil, subjects: [Subject]) {
        self.kind = kind
        self.cause = cause
        self.error = error
        self.subjects = subjects
    }

    /// How many different VMs they are about.
    package var virtualMachines: Int {
        Set(subjects.compactMap { $0.vm.map { [$0.vCenter, $0.id, $0.instanceUUID ?? ""] } }).count
    }

    /// How many are on each vCenter, the most first.
    package var vCenters: [(name: String, count: Int)] {
        Dictionary(grouping: subjects, by: \.vCenter).map { ($0.key, $0.value.count) }
            .sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
    }
}
