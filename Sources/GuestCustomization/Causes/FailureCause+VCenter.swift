extension FailureCause {
    /// Causes in the vCenter, or in what was asked of it. Source: docs/vcenter-api.md.
    static let inVCenter: [FailureCause] = [
        FailureCause(
            "endpoint-missing",
            "The vCenter is too old for the requested endpoint: customization-live exists since vSphere 9.0.",
            checks: ["Poll with --endpoint customization, which exists since vSphere 7.0."], logs: [],
            ids: ["com.vmware.vapi.rest.httpNotFound", "com.vmware.vapi.rest.operationsForUrlNotFound"]),
        FailureCause(
            "too-many-matches", "A listing has more entries than vCenter returns in one answer (4000 VMs, 2500 hosts).",
            checks: [
                "Poll with an account that sees fewer VMs, or with --vm; listing host by host is tried automatically."
            ],
            logs: [],
            ids: ["too_many_matches"]),
        FailureCause(
            "too-many-sessions",
            "The account has reached vCenter's limit on sessions; most of them were never logged out.",
            checks: [
                "Find the client that leaves sessions behind; idle sessions expire.",
                "Give this program an account of its own.",
            ], logs: [], ids: ["failedToLoginMaxUserSessionCountReached"]),
    ]

    /// Causes of errors that say only where to look: any other cause that matches comes before these.
    static let withoutDetails: [FailureCause] = [
        FailureCause(
            "no-guest-log",
            "The customization ended before the guest wrote a log: it did not start there, or its log could not be read.",
            checks: [
                "Check that VMware Tools is running in the guest, with its deployPkg plug-in, and that perl or cloud-init is installed.",
                "Check that /tmp, /run and /var/run are not mounted noexec and not full.",
                "Check whether toolsDeployPkg.log or guestcust.log is in the guest after all.",
            ], logs: GuestLog.general, messages: ["log file no log", "logfile no log"]),
        FailureCause(
            "failed-in-guest",
            "The customization started in the guest and one of its steps failed; only the guest's log says which.",
            checks: [
                "Read the guest's log; its last lines before the end time show which step failed.",
                "The most frequent reasons: no perl, a file system that is noexec or full, an unknown network service.",
            ], logs: GuestLog.general,
            messages: [
                "forked off process returned", "an error occurred while customizing",
                "customization command failed", "fatal error occurred during customization", "customization halted",
            ]),
    ]
}
