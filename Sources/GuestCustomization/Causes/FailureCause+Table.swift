extension FailureCause {
    /// A failure about which the vCenter says nothing.
    package static let unreported = FailureCause(
        "no-error", "vCenter reported that the customization failed, and no error: the reason is in the guest alone.",
        checks: [
            "Read the guest's log; its last lines before the end time tell the step that failed.",
            "A domain join that is refused ends so: see the cause domain-join-failed.",
        ], logs: GuestLog.general)

    /// Every known cause; of two that fit, the first is meant. To add one, add it to the table of its kind.
    package static let all: [FailureCause] =
        inLinux + inTools + inWindows + inSpecification + inVCenter + withoutDetails
}
