/// What became of one collection run.
public struct CollectionSummary: Sendable {
    public var vCenter: String
    public var endpoint: Endpoint
    public var run: CollectionRunID
    public var outcome: CollectionRunOutcome
    /// VMs in the listing.
    public var virtualMachines: Int
    /// Elements of the listing that name nothing that could be polled.
    public var unusable: Int
    /// Why the listing is not to be relied on; `nil` if it is.
    public var listingDoubt: ListingDoubt?
    /// How many polls had each result.
    public var polls: [Answer.Result: Int]
    /// How many polls got no answer for each reason, in the words of the first 100 reasons.
    public var reasons: [String: Int]
    /// VMs whose customization was running or pending.
    public var unfinished: [VirtualMachine]
    /// VMs that were polled and gave no answer.
    public var unanswered: [VirtualMachine]
    /// Why the run was cut short; `nil` if it was not.
    public var failure: CollectionFailure?

    /// Polls that got no answer; a VM's own 403 or 404 is one.
    public var failedPolls: Int {
        polls.reduce(0) { $0 + ($1.key.isAnswer ? 0 : $1.value) }
    }

    init(vCenter: String, endpoint: Endpoint, run: CollectionRunID) {
        self.vCenter = vCenter
        self.endpoint = endpoint
        self.run = run
        outcome = .running
        virtualMachines = 0
        unusable = 0
        polls = [:]
        reasons = [:]
        unfinished = []
        unanswered = []
    }

    mutating func count(_ answer: Answer, of vm: VirtualMachine) {
        polls[answer.result, default: 0] += 1
        if let status = answer.info?.status, CustomizationOutcome(status)?.isUnfinished == true {
            unfinished.append(vm)
        }
        guard !answer.result.isAnswer else { return }
        unanswered.append(vm)
        let reason = String(
            (answer.errorMessage ?? answer.httpStatus.map { "HTTP \($0)" } ?? answer.result.rawValue).prefix(200))
        if reasons.count < 100 || reasons[reason] != nil { reasons[reason, default: 0] += 1 }
    }
}

extension CollectionSummary {
    /// VMs polled.
    public var polled: Int { polls.values.reduce(0, +) }

    /// Why polls got no answer, the commonest reason first.
    public func commonestReasons(_ count: Int) -> [(reason: String, count: Int)] {
        reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(count).map { ($0.key, $0.value) }
    }
}
