/// One question about one VM at one instant, and its answer, good or bad.
public struct Poll: Hashable, Sendable {
    /// Managed object id of the VM.
    public var vm: String
    /// When the request that got the answer was sent, by this program's clock.
    public var polledAt: Timestamp
    public var answer: Answer

    public init(vm: String, polledAt: Timestamp, answer: Answer) {
        self.vm = vm
        self.polledAt = polledAt
        self.answer = answer
    }
}
