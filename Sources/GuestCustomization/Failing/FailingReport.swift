import Foundation

/// The to-do list: which VMs fail now, since when and why.
package struct FailingReport: Hashable, Sendable {
    /// When the history was read.
    package var generatedAt: Timestamp
    /// The time zone of the instants shown to people.
    package var timeZone: TimeZone
    /// Which part of the history it covers.
    package var filter: ReportFilter
    /// For how long a customization must have been running or pending to count as stuck.
    package var stuckAfterSeconds: Double
    /// The VMs that fail now (definition 8), the oldest first.
    package var virtualMachines: [FailingVirtualMachine]
    /// The VMs that do not fail but are stuck (definition 6), the oldest first.
    package var stuckOnly: [FailingVirtualMachine]
    /// Whether the VMs that are only stuck are on the list too.
    package var listsStuck = false
    /// The latest poll that reported a status; `nil` if none ever did.
    package var lastGoodPollAt: Timestamp?
    /// VMs with no good poll in the last `recentDays` days, though they were listed.
    package var virtualMachinesWithoutData: Int
    /// The vCenters that are not polled: what fails there now is not known. By name.
    package var notPolled: [NotPolled]

    /// A vCenter that is not polled.
    package struct NotPolled: Hashable, Sendable {
        /// Its name.
        package var vCenter: String
        /// The last good run, or if there is none the first run.
        package var since: Timestamp
        /// Whether there ever was a good run.
        package var wasPolled: Bool

        package init(vCenter: String, since: Timestamp, wasPolled: Bool) {
            self.vCenter = vCenter
            self.since = since
            self.wasPolled = wasPolled
        }
    }

    /// How far back VMs without data are looked for.
    package static let recentDays = 7.0

    package init(
        generatedAt: Timestamp, timeZone: TimeZone = .gmt, filter: ReportFilter = ReportFilter(),
        stuckAfterSeconds: Double = 3600, virtualMachines: [FailingVirtualMachine],
        stuckOnly: [FailingVirtualMachine] = [], lastGoodPollAt: Timestamp?, virtualMachinesWithoutData: Int = 0,
        notPolled: [NotPolled] = []
    ) {
        self.generatedAt = generatedAt
        self.timeZone = timeZone
        self.filter = filter
        self.stuckAfterSeconds = stuckAfterSeconds
        self.virtualMachines = virtualMachines
        self.stuckOnly = stuckOnly
        self.lastGoodPollAt = lastGoodPollAt
        self.virtualMachinesWithoutData = virtualMachinesWithoutData
        self.notPolled = notPolled
    }

    /// The VMs on the list, the oldest first.
    package var listed: [FailingVirtualMachine] {
        listsStuck ? (virtualMachines + stuckOnly).sorted { $0.isOlder(than: $1) } : virtualMachines
    }

    /// Whether the history can show that no VM fails: every vCenter is being polled, and its VMs have answered.
    package var canJudge: Bool { lastGoodPollAt != nil && notPolled.isEmpty }
}

extension FailingReport {
    /// Reads the list from a history.
    ///
    /// - Parameter silentAfterSeconds: See `WatchRecord.notPolledSince`.
    package init(
        of source: some ReportSource, matching filter: ReportFilter, stuckAfterSeconds: Double,
        silentAfterSeconds: Double?, timeZone: TimeZone, generatedAt now: Timestamp
    ) throws {
        let window = ReportWindow(since: now.advanced(bySeconds: -Self.recentDays * 86_400), until: now)
        var builder = FailingBuilder(stuckAfterSeconds: stuckAfterSeconds)
        let coverage = try source.atOneInstant {
            try source.addCustomizations(since: .earliest, matching: filter, to: &builder)
            return try source.coverage(of: window, matching: filter, now: now)
        }
        let all = builder.build()
        self.init(
            generatedAt: now, timeZone: timeZone, filter: filter, stuckAfterSeconds: stuckAfterSeconds,
            virtualMachines: all.filter { $0.failures != nil }, stuckOnly: all.filter { $0.failures == nil },
            lastGoodPollAt: coverage.lastGoodPollAt, virtualMachinesWithoutData: coverage.listedWithoutData,
            notPolled: coverage.vCenters.compactMap { record in
                if record.lastGoodRunAt == nil, let since = record.firstRunAt {
                    return NotPolled(vCenter: record.vCenter, since: since, wasPolled: false)
                }
                return record.notPolledSince(silentAfter: silentAfterSeconds).map {
                    NotPolled(vCenter: record.vCenter, since: $0, wasPolled: true)
                }
            })
    }

    /// The same list with only the VMs whose latest failure has an error that a person means by `text`, as
    /// `Report.only(errorsMeantBy:)` reads it.
    package func only(errorsMeantBy text: String) -> FailingReport {
        var grouping = ErrorGrouping()
        for (index, vm) in virtualMachines.enumerated() {
            guard let failures = vm.failures else { continue }
            grouping.add(
                failures.error, failedAt: failures.latestAt, ofVM: index, names: [vm.vm.name, vm.vm.id])
        }
        let groups = grouping.finish {
            (virtualMachines[$0].vm.vCenter, virtualMachines[$0].vm.id)
        } recovering: { _, _ in
            nil
        }
        // Of the VMs with one managed object id, at most one is listed.
        let meant = Set(
            groups.meant(by: text).flatMap(\.failures).map { VirtualMachineOfError(vCenter: $0.vCenter, id: $0.vm) })
        var report = self
        report.filter.error = text
        report.virtualMachines = virtualMachines.filter {
            meant.contains(VirtualMachineOfError(vCenter: $0.vm.vCenter, id: $0.vm.id))
        }
        report.stuckOnly = []
        return report
    }
}
