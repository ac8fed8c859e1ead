/// One request about one VM at one instant, and its answer, good or bad.
package struct Poll: Hashable, Sendable {
    /// Managed object id of the VM.
    package var vm: String
    /// When the request that got the answer was sent, by this program's clock.
    package var polledAt: Timestamp
    /// What the vCenter answered, or why it did not.
    package var answer: Answer

    package init(vm: String, polledAt: Timestamp, answer: Answer) {
        self.vm = vm
        self.polledAt = polledAt
        self.answer = answer
    }
}
