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
    /// The polls that got no answer; what the vCenter says of the VM itself is one, a 403, 404 or 503 too.
    public private(set) var failures = PollFailures()
    /// VMs whose customization was running or pending.
    public var unfinished: [VirtualMachine]
    /// VMs that were polled and gave no answer.
    public var unanswered: [VirtualMachine]
    /// Why the run was cut short; `nil` if it was not.
    public var failure: CollectionFailure?
    /// Why a run that polled something was stopped, if its time was over.
    public var cutShort: String?

    init(vCenter: String, endpoint: Endpoint, run: CollectionRunID) {
        self.vCenter = vCenter
        self.endpoint = endpoint
        self.run = run
        outcome = .running
        virtualMachines = 0
        unusable = 0
        unlisted = []
        polls = [:]
        unfinished = []
        unanswered = []
    }

    mutating func count(_ answer: Answer, of vm: VirtualMachine) {
        polls[answer.result, default: 0] += 1
        if let status = answer.info?.status, CustomizationOutcome(status)?.isUnfinished == true {
            unfinished.append(vm)
        }
        guard !answer.isAnswer else { return }
        unanswered.append(vm)
        failures.add(
            answer.result, httpStatus: answer.httpStatus, errorID: answer.errorID, message: answer.errorMessage,
            untranslated: answer.untranslatedError, names: [vm.name.raw, vm.name.shown, vm.id])
    }
}

extension CollectionSummary {
    /// VMs polled.
    public var polled: Int { polls.values.reduce(0, +) }
    /// How many polls got no answer.
    public var failedPolls: Int { failures.count }
}
