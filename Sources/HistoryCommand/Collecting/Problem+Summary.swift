import GuestCustomization
import HistoryConfiguration
import Logging

// The messages about a run's problems, one line each.

extension Problem {
    /// What a person has to know about a run; `nil` if all went well.
    init?(_ summary: CollectionSummary) {
        let what = LogLine(about: summary)
        let polled: LogLine =
            "\(summary.polled, as: "polled") VMs were polled, \(summary.failedPolls, as: "failed") of them without an answer"
        if let failure = summary.failure {
            self.init(failure, what.facts)
        } else if summary.outcome == .interrupted {
            let reason: LogLine = summary.cutShort.map { ": \($0, as: "reason")" } ?? ""
            self.init(
                level: .warning,
                line: what
                    + ": stopped after \(summary.polled, as: "polled") of \(summary.virtualMachines, as: "vms") VMs"
                    + reason + "; what was polled is kept",
                kinds: ["stopped"])
        } else if summary.unusable > 0 {
            self.init(
                level: .warning,
                line: what
                    + ": the list of VMs has elements without a usable managed object id (\(summary.unusable, as: "unusable")), which were not polled; "
                    + polled,
                kinds: ["unusable elements"])
        } else if let unlisted = summary.unlisted.message {
            self.init(
                level: .warning,
                line: what + ": \(unlisted, as: "unlisted"); " + polled,
                kinds: summary.unlisted.map { "unlisted \($0.name)" })
        } else if let doubt = summary.listingDoubt {
            self.init(level: .warning, line: what + ": \(doubt.message, as: "doubt")", kinds: ["doubted list"])
        } else if summary.failedPolls > 0 {
            self.init(unanswered: summary, what)
        } else {
            return nil
        }
    }

    init(_ failure: HistoryError, _ facts: Logger.Metadata) {
        let line = LogLine(failure).adding(facts)
        let shape = MessageShape(failure.message).text
        switch failure.code {
        // Every run reports a wrong login until it works: somebody may be about to lock the account.
        case .loginRefused, .loginWithheld:
            self.init(level: .error, line: line, kinds: ["login"], isUrgent: true)
        // This pass has already reported the refusal itself.
        case .loginJustRefused: self.init(level: .info, line: line, kinds: ["login"], isUrgent: true)
        default: self.init(level: .error, line: line, kinds: ["\(failure.code.rawValue) \(shape)"])
        }
    }

    private init(unanswered summary: CollectionSummary, _ what: LogLine) {
        let commonest = summary.failures.commonest(3)
        let others = summary.failedPolls - commonest.reduce(0) { $0 + $1.count }
        let reasons =
            commonest.map { "\($0.count) \(($0.reason ?? $0.result.rawValue).prefix(200))" }
            + (others > 0 ? ["\(others) for other reasons"] : [])
        self.init(
            level: .warning,
            line: what
                + ": \(summary.failedPolls, as: "failed") of \(summary.polled, as: "polled") polls got no answer: \(reasons.joined(separator: "; "), as: "reasons")",
            kinds: commonest.map { "poll \($0.shape?.text ?? $0.reason ?? $0.result.rawValue)" })
    }

    static func insecure(_ vCenter: VCenterConfiguration) -> Problem {
        // Also with --quiet.
        Problem(
            level: .error,
            line:
                "\(vCenter.name, as: "vcenter"): the certificate of \(vCenter.address, as: "address") is not verified, so any server that answers there gets the password",
            kinds: ["insecure"], isFault: false)
    }
}

extension LogLine {
    /// The vCenter and endpoint of a run, to begin a message about it.
    init(about run: CollectionSummary) {
        self = "\(run.vCenter, as: "vcenter") \(run.endpoint.rawValue, as: "endpoint")"
    }
}
