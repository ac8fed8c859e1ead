extension FailureCause {
    /// The cause of a failure for which the vCenter gave no error.
    package static let unreported = FailureCause(
        "no-error",
        "vCenter reported that the customization failed but gave no error message: only the guest knows the reason.",
        checks: [
            "Read the guest's log; its last lines before the end time show which step failed.",
            "A refused domain join ends like this: see the cause domain-join-failed.",
        ], logs: GuestLog.general)

    /// Every known cause; if two match, the first one counts. To add one, add it to the table of its kind.
    package static let all: [FailureCause] =
        inLinux + inTools + inWindows + inSpecification + inVCenter + withoutDetails
}
