/// What became of one collection run.
package struct CollectionSummary: Sendable {
    package var vCenter: String
    package var endpoint: Endpoint
    package var run: CollectionRunID
    package var outcome: CollectionRunOutcome
    /// VMs in the listing.
    package var virtualMachines: Int
    /// Elements of the listing that name nothing that could be polled.
    package var unusable: Int
    /// Parts of the vCenter whose VMs it did not list.
    package var unlisted: [UnlistedPart]
    /// Why the listing is not to be relied on; `nil` if it is.
    package var listingDoubt: ListingDoubt?
    /// How many polls had each result.
    package var polls: [Answer.Result: Int]
    /// The polls that got no answer; what the vCenter says of the VM itself is one, a 403, 404 or 503 too.
    package private(set) var failures = PollFailures()
    /// VMs whose customization was running or pending.
    package var unfinished: [VirtualMachine]
    /// VMs that were polled and gave no answer.
    package var unanswered: [VirtualMachine]
    /// Why the run was cut short; `nil` if it was not.
    package var failure: CollectionFailure?
    /// Why a run that polled something was stopped, if its time was over.
    package var cutShort: String?

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
    package var polled: Int { polls.values.reduce(0, +) }
    /// How many polls got no answer.
    package var failedPolls: Int { failures.count }
}
