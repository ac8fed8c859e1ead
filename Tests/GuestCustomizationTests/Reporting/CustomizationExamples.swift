import GuestCustomization
import TestSupport

/// A customization of `vm-1` that took `seconds` up to `end` and was polled a minute later, unless said otherwise.
func customization(
    _ outcome: CustomizationOutcome, end: Double, took seconds: Double = 30, vCenter: String = "vc-a",
    vm: String = "vm-1", name: String? = nil, isListed: Bool = true, endpoint: Endpoint = .customizationLive,
    errorID: String? = nil, error: String? = nil
) -> Customization {
    Customization(
        of: CustomizedVM(vCenter: vCenter, id: vm, name: name ?? "web-" + vm, isListed: isListed),
        endpoint: endpoint, outcome: outcome, status: status(of: outcome), startTime: at(end - seconds),
        endTime: outcome.isFinished ? at(end) : nil,
        endFirstPolledAt: outcome.isFinished ? at(end + 60) : nil, firstPolledAt: at(end - seconds + 1),
        lastPolledAt: outcome.isFinished ? at(end + 60) : at(end), polls: 3, errorID: errorID, errorMessage: error)
}

private func status(of outcome: CustomizationOutcome) -> CustomizationStatus {
    switch outcome {
    case .succeeded: .succeeded
    case .failed: .failed
    case .running, .lost: .running
    case .pending: .pending
    case .other: CustomizationStatus(rawValue: "HIBERNATED")
    }
}

func report(
    _ customizations: [Customization], since: Double = 0, until: Double = 1_000_000, stuckAfterSeconds: Double = 3600,
    coverage: ReportCoverage = ReportCoverage()
) -> Report {
    var builder = ReportBuilder(
        window: ReportWindow(since: at(since), until: at(until)), stuckAfterSeconds: stuckAfterSeconds)
    for customization in customizations { builder.add(customization) }
    return builder.build(coverage: coverage, generatedAt: at(until))
}

extension ErrorGroup {
    /// The same without the failures of each VM.
    var withoutFailures: ErrorGroup {
        var group = self
        group.failures = []
        return group
    }
}
