import GuestCustomization
import HistoryConfiguration
import ReportRendering
import VCenterClient

extension CollectionPass {
    /// Says once that the VMs were polled one by one although the settings say otherwise.
    func reportBulkFailure(of summary: CollectionSummary, _ outcome: inout Outcome) {
        guard let failure = summary.bulkFailure else { return }
        report(
            Problem(
                level: .warning,
                line: LogLine(about: summary)
                    + ": bulk: \(failure.message, as: "reason"); the VMs that were not told of were polled one by one",
                kinds: ["bulk"]),
            &outcome)
    }

    /// Prints how far the polls of this pass agree with what the vCenter tells in bulk.
    func report(_ comparison: BulkComparison, called name: String, into outcome: inout Outcome) async throws {
        guard !Task.isCancelled else { return }
        let agreement = try await comparison.compare()
        try OutputFile(path: "-").write(BulkAgreementText().render(agreement, of: name))
        if !agreement.differences.isEmpty {
            outcome.status = highest(outcome.status, .failureRateExceeded)
        } else if agreement.compared == 0 {
            outcome.status = highest(outcome.status, .nothingToJudgeBy)
        }
    }
}
