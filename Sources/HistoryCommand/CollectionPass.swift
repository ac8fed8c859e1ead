import Foundation
import GuestCustomization
import HistoryStore
import VCenterClient

/// One pass over one vCenter, with what is told about it.
struct CollectionPass {
    let vCenter: VCenterConfiguration
    let history: HistoryDatabase
    let output: OutputOptions

    /// Returns the exit code that the pass calls for; `nil` if every VM was polled.
    func run(matching globs: VirtualMachineGlobs) async throws -> ExitStatus? {
        if vCenter.trust.isInsecure, !output.quiet {
            say("history: the certificate of \(vCenter.address) is not verified (--insecure or GOVC_INSECURE)")
        }
        let source = VCenter(vCenter, logger: output.logger)
        let bar = ProgressBar(isVisible: output.showsProgress)
        let collector = Collector(
            vCenter: vCenter.name, source: source, recorder: history, concurrency: vCenter.concurrency,
            now: Timestamp.now
        ) { progress in
            bar.show(
                "\(progress.vCenter) \(progress.endpoint.rawValue)", done: progress.polled, of: progress.of,
                unit: "polls")
        }
        let summaries: [CollectionSummary]
        do {
            summaries = try await collector.collect(vCenter.endpoints, vms: globs.matches)
        } catch {
            await source.close()
            bar.clear()
            throw error
        }
        let refusal = await source.loginRefusal
        await source.close()
        bar.clear()
        for summary in summaries { tell(summary) }
        return (summaries.compactMap(ExitStatus.init) + (refusal == nil ? [] : [.loginRefused])).max()
    }

    /// One line for each run that a person has to know of.
    private func tell(_ summary: CollectionSummary) {
        let what = "history: \(summary.vCenter) \(summary.endpoint.rawValue)"
        if let failure = summary.failure {
            say("history: \(failure.message)")
        } else if summary.outcome == .interrupted {
            say("\(what): stopped after \(summary.polled) of \(summary.virtualMachines) VMs; what was polled is kept")
        } else if summary.virtualMachines == 0, !output.quiet {
            say("\(what): no VMs to poll: check that the account has System.View on them, and --vm")
        } else if summary.failedPolls > 0 {
            let reasons = summary.commonestReasons(3).map { "\($0.count) \($0.reason)" }.joined(separator: "; ")
            say("\(what): \(summary.failedPolls) of \(summary.polled) polls got no answer: \(reasons)")
        } else if output.verbose {
            say("\(what): \(summary.polled) VMs polled")
        }
    }
}

extension ExitStatus {
    /// What a run calls for; `nil` if every VM was polled.
    init?(_ summary: CollectionSummary) {
        if let failure = summary.failure {
            self.init(failure.kind)
        } else if summary.failedPolls > 0 {
            self = .incomplete
        } else {
            return nil
        }
    }
}
