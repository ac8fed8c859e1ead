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
    /// Parts of the vCenter whose VMs it did not list.
    public var unlisted: [UnlistedPart]
    /// Why the listing is not to be relied on; `nil` if it is.
    public var listingDoubt: ListingDoubt?
    /// How many polls had each result.
    public var polls: [Answer.Result: Int]
    /// Polls that got no answer; what the vCenter says of the VM itself is one, a 403, 404 or 503 too.
    public private(set) var failedPolls = 0
    /// Why polls got no answer, by the shape of what was said, for the first 100 shapes.
    public var reasons: [MessageShape: Reason]
    /// VMs whose customization was running or pending.
    public var unfinished: [VirtualMachine]
    /// VMs that were polled and gave no answer.
    public var unanswered: [VirtualMachine]
    /// Why the run was cut short; `nil` if it was not.
    public var failure: CollectionFailure?
    /// Why a run that polled something was stopped, if its time was over.
    public var cutShort: String?

    /// Why some polls got no answer.
    public struct Reason: Hashable, Sendable {
        /// What was said of the first of them.
        public var message: String
        public var count: Int
        /// Whether the same was said of all of them.
        public var isOneMessage: Bool

        /// One line: what all of them have in common.
        public func words(_ shape: MessageShape) -> String { isOneMessage ? message : shape.text }
    }

    init(vCenter: String, endpoint: Endpoint, run: CollectionRunID) {
        self.vCenter = vCenter
        self.endpoint = endpoint
        self.run = run
        outcome = .running
        virtualMachines = 0
        unusable = 0
        unlisted = []
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
        guard !answer.isAnswer else { return }
        failedPolls += 1
        unanswered.append(vm)
        let reason = String(
            (answer.errorMessage ?? answer.httpStatus.map { "HTTP \($0)" } ?? answer.result.rawValue).prefix(200))
        let shape = MessageShape(reason, names: [vm.name.raw, vm.name.shown, vm.id])
        if var known = reasons[shape] {
            known.count += 1
            known.isOneMessage = known.isOneMessage && known.message == reason
            reasons[shape] = known
        } else if reasons.count < 100 {
            reasons[shape] = Reason(message: reason, count: 1, isOneMessage: true)
        }
    }
}

extension CollectionSummary {
    /// VMs polled.
    public var polled: Int { polls.values.reduce(0, +) }

    /// Why polls got no answer, the commonest reason first.
    public func commonestReasons(_ count: Int) -> [(shape: MessageShape, reason: Reason)] {
        reasons.sorted { ($1.value.count, $0.key.text) < ($0.value.count, $1.key.text) }.prefix(count)
            .map { ($0.key, $0.value) }
    }
}
