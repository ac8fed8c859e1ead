/// Something that lasts, is told when it begins, and whose end is told: a VM that fails or is stuck, a vCenter that is not polled.
package struct LastingProblem: Hashable, Sendable {
    /// What lasts, and on what.
    package enum Subject: Hashable, Sendable {
        /// A VM that fails now (definition 8).
        case failing(VirtualMachineRow)
        /// A VM with a stuck customization (definition 6).
        case stuck(VirtualMachineRow)
        /// A vCenter without a good poll for too long.
        case notPolled(VCenterRow)
    }

    /// What lasts.
    package var subject: Subject
    /// The VM as it is known now; `nil` for a vCenter.
    package var vm: CustomizedVM?
    /// Name of the vCenter.
    package var vCenter: String
    /// Since when it lasts: the end of the first failure, the beginning of the stuck customization, the last good poll, or the first run
    /// if no poll was good yet.
    package var since: Timestamp
    /// When it was last told; if it never was, when the channel began.
    package var toldAt: Timestamp
    /// Whether it was ever told: false for one that is older than the channel.
    package var isTold: Bool
    /// Why the VM fails, by its latest failure; `nil` if it does not fail, or if that is over.
    package var error: ReportedError?
    /// Whether the vCenter was ever polled; true for a VM.
    package var wasPolled = true

    package init(
        subject: Subject, vm: CustomizedVM?, vCenter: String, since: Timestamp, toldAt: Timestamp,
        isTold: Bool = true, error: ReportedError? = nil
    ) {
        self.subject = subject
        self.vm = vm
        self.vCenter = vCenter
        self.since = since
        self.toldAt = toldAt
        self.isTold = isTold
        self.error = error
    }
}

/// Where a channel stands.
package struct NotificationState: Sendable {
    /// The events that it knows.
    package var events: KnownEvents
    /// What lasts, as of the last delivery.
    package var problems: [LastingProblem]
    /// When something was last delivered, or the channel began.
    package var deliveredAt: Timestamp

    package init(events: KnownEvents, problems: [LastingProblem], deliveredAt: Timestamp) {
        self.events = events
        self.problems = problems
        self.deliveredAt = deliveredAt
    }
}
