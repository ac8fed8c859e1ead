import GuestCustomization
import HistoryConfiguration

// The messages about a run's troubles, one line each.

extension Trouble {
    /// What a person has to know about a run; `nil` if all went well.
    init?(_ summary: CollectionSummary) {
        let what = "\(summary.vCenter) \(summary.endpoint.rawValue)"
        if let failure = summary.failure {
            self.init(failure)
        } else if summary.outcome == .interrupted {
            let reason = summary.cutShort.map { ": \($0)" } ?? ""
            self.init(
                level: .warning,
                line:
                    "\(what): stopped after \(summary.polled) of \(summary.virtualMachines) VMs\(reason); what was polled is kept",
                kinds: ["stopped"])
        } else if summary.unusable > 0 {
            self.init(
                level: .warning,
                line:
                    "\(what): the list of VMs has elements without a usable managed object id (\(summary.unusable)), which were not polled; \(summary.polled) VMs were polled, \(summary.failedPolls) of them without an answer",
                kinds: ["unusable elements"])
        } else if let unlisted = summary.unlisted.message {
            self.init(
                level: .warning,
                line:
                    "\(what): \(unlisted); \(summary.polled) VMs were polled, \(summary.failedPolls) of them without an answer",
                kinds: summary.unlisted.map { "unlisted \($0.name)" })
        } else if let doubt = summary.listingDoubt {
            self.init(level: .warning, line: "\(what): \(doubt.message)", kinds: ["doubted list"])
        } else if summary.failedPolls > 0 {
            self.init(unanswered: summary, what)
        } else {
            return nil
        }
    }

    private init(_ failure: CollectionFailure) {
        let shape = MessageShape(failure.message).text
        switch failure.kind {
        // Every run reports a wrong login until it works: somebody may be about to lock the account.
        case .loginRefused: self.init(level: .error, line: failure.message, kinds: ["login"], isUrgent: true)
        // If this pass has already reported the refusal itself, that is enough.
        case .loginWithheld(let isNews):
            self.init(level: isNews ? .error : .info, line: failure.message, kinds: ["login"], isUrgent: true)
        case .unreachable, .listingFailed, .endpointMissing, .configuration:
            self.init(level: .error, line: failure.message, kinds: ["\(failure.kind) \(shape)"])
        }
    }

    private init(unanswered summary: CollectionSummary, _ what: String) {
        let commonest = summary.failures.commonest(3)
        let others = summary.failedPolls - commonest.reduce(0) { $0 + $1.count }
        let reasons =
            commonest.map { "\($0.count) \(($0.reason ?? $0.result.rawValue).prefix(200))" }
            + (others > 0 ? ["\(others) for other reasons"] : [])
        self.init(
            level: .warning,
            line:
                "\(what): \(summary.failedPolls) of \(summary.polled) polls got no answer: \(reasons.joined(separator: "; "))",
            kinds: commonest.map { "poll \($0.shape?.text ?? $0.reason ?? $0.result.rawValue)" })
    }

    static func insecure(_ vCenter: VCenterConfiguration) -> Trouble {
        // Also with --quiet.
        Trouble(
            level: .error,
            line:
                "\(vCenter.name): the certificate of \(vCenter.address) is not verified, so any server that answers there gets the password",
            kinds: ["insecure"], isFault: false)
    }
}
