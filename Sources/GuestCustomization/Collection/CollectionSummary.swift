/// The result of one collection run.
package struct CollectionSummary: Sendable {
    /// Name of the vCenter.
    package var vCenter: String
    /// The endpoint that was polled.
    package var endpoint: Endpoint
    /// Number of the run.
    package var run: CollectionRunID
    /// How the run ended.
    package var outcome: CollectionRunOutcome
    /// VMs in the listing.
    package var virtualMachines: Int
    /// How many elements of the listing name nothing that can be polled.
    package var unusable: Int
    /// Parts of the vCenter whose VMs it did not list.
    package var unlisted: [UnlistedPart]
    /// Why the listing is unreliable; `nil` if it is reliable.
    package var listingDoubt: ListingDoubt?
    /// How many polls had each result.
    package var polls: [Answer.Result: Int]
    /// The polls that got no answer. What the vCenter says about the VM itself, even by a 403, 404 or 503, is an answer.
    package private(set) var failures = PollFailures()
    /// VMs whose customization was running or pending.
    package var unfinished: [VirtualMachine]
    /// VMs that were polled and gave no answer.
    package var unanswered: [VirtualMachine]
    /// Why the run was cut short; `nil` if it was not.
    package var failure: HistoryError?
    /// Why the VMs, or some of them, were polled one by one although many were to be told of at once; `nil` if that went well.
    package var bulkFailure: HistoryError?
    /// Why a run that polled something was stopped, if its time limit expired.
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
