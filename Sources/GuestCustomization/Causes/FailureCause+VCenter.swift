extension FailureCause {
    /// In the vCenter, or in what it was asked. Source: docs/vcenter-api.md.
    static let inVCenter: [FailureCause] = [
        FailureCause(
            "endpoint-missing",
            "The vCenter is older than what it was asked for: customization-live exists since vSphere 9.0.",
            checks: ["Poll with --endpoint customization, which exists since 7.0."], logs: [],
            ids: ["com.vmware.vapi.rest.httpNotFound"]),
        FailureCause(
            "too-many-matches", "A listing would have more entries than vCenter shows at once (4000 VMs, 2500 hosts).",
            checks: ["Poll with an account that sees fewer VMs, or with --vm; host by host is tried by itself."],
            logs: [],
            ids: ["too_many_matches"]),
        FailureCause(
            "too-many-sessions", "The account has as many sessions as vCenter allows; most were never logged out.",
            checks: [
                "Find the client that leaves sessions behind; they end by themselves once they are idle for long.",
                "Give this program an account of its own.",
            ], logs: [], ids: ["failedToLoginMaxUserSessionCountReached"]),
    ]

    /// Of errors that tell where to look and no more: any other cause that fits comes before these.
    static let withoutDetails: [FailureCause] = [
        FailureCause(
            "no-guest-log",
            "The customization ended before the guest wrote a log: it did not begin there, or its log could not be read.",
            checks: [
                "See that VMware Tools runs in the guest, with its deployPkg plug-in, and that perl or cloud-init is installed.",
                "See that /tmp, /run and /var/run are not mounted noexec and not full.",
                "Look whether toolsDeployPkg.log or guestcust.log is in the guest after all.",
            ], logs: GuestLog.general, messages: ["log file no log", "logfile no log"]),
        FailureCause(
            "failed-in-guest",
            "The customization began in the guest and a step of it failed; vCenter knows no more, the guest's log does.",
            checks: [
                "Read the guest's log; its last lines before the end time tell the step that failed.",
                "The steps that fail most often: no perl, a file system that is noexec or full, a network service that is not known.",
            ], logs: GuestLog.general,
            messages: [
                "forked off process returned", "an error occurred while customizing",
                "customization command failed", "fatal error occurred during customization", "customization halted",
            ]),
    ]
}
