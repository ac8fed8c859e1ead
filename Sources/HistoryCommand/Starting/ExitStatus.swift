import GuestCustomization
import HistoryStore

/// Exit codes other than 0, from sysexits.h where it has one; a contract with cron and scripts (docs/design.md §7).
enum ExitStatus: Int32, CaseIterable, Comparable {
    /// Some polls got no answer after retries, or listed VMs could not be polled.
    case incomplete = 3
    /// `report --fail-above`, or a VM for `failing --exit-code`.
    case failureRateExceeded = 4
    /// `report --fail-above` if no poll in the window was good, or no customization finished; `failing --exit-code` if a vCenter is not polled.
    case nothingToJudgeBy = 5
    case usage = 64
    /// The database is damaged, altered or not ours.
    case data = 65
    case vCenterUnreachable = 69
    /// A fault in this program.
    case software = 70
    /// The system has no more files, threads or memory for this process.
    case noResources = 71
    case cannotCreate = 73
    case inputOutput = 74
    /// Another run holds this vCenter, another `notify` this channel, or another `prune` this history.
    case otherRun = 75
    case loginRefused = 77
    case configuration = 78

    static func < (left: ExitStatus, right: ExitStatus) -> Bool { left.rawValue < right.rawValue }

    init(_ code: HistoryError.Code) {
        self =
            switch code {
            case .usage, .vCenterName: .usage
            case .unreachable, .listingFailed: .vCenterUnreachable
            case .loginRefused, .loginWithheld, .loginJustRefused: .loginRefused
            case .endpointMissing, .configuration, .otherVCenter: .configuration
            case .noResources, .noMemory: .noResources
            case .cannotCreate: .cannotCreate
            case .inputOutput, .missing, .cannotRead, .cannotWrite, .full, .busy, .queryTimedOut: .inputOutput
            case .failureRateExceeded, .virtualMachinesFailing: .failureRateExceeded
            case .nothingToJudgeBy: .nothingToJudgeBy
            case .notADatabase, .foreignDatabase, .newerSchema, .olderSchema, .editedMigration, .damaged: .data
            case .vCenterHeld, .channelHeld, .pruneHeld: .otherRun
            default: .software
            }
    }
}

extension ExitStatus {
    /// The exit code of a run; `nil` if every VM was polled.
    init?(_ summary: CollectionSummary) { self.init(summary.outcome, summary.failure) }

    /// The exit code of a reading of events; `nil` if all were read.
    init?(_ summary: EventSummary) { self.init(summary.outcome, summary.failure) }

    private init?(_ outcome: CollectionRunOutcome, _ failure: HistoryError?) {
        if let failure {
            self.init(failure.code)
        } else if outcome != .complete {
            self = .incomplete
        } else {
            return nil
        }
    }
}
