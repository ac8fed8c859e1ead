/// A vCenter as the collector sees it: what can be polled.
///
/// A test double needs two methods:
/// ```swift
/// struct Still: CustomizationSource {
///     func virtualMachines() async throws(CollectionFailure) -> VirtualMachineList {
///         VirtualMachineList([VirtualMachine(id: "vm-1", name: "a")], isWhole: true)
///     }
///     func lastCustomization(of vm: String, endpoint: Endpoint) async throws(CollectionFailure) -> TimedAnswer {
///         let answer = Answer(result: .reported, httpStatus: 200, info: CustomizationInfo(status: .notAvailable))
///         return TimedAnswer(answer, sentAt: clock.now())
///     }
/// }
/// ```
package protocol CustomizationSource: Sendable {
    /// Every VM to be polled, each managed object id once.
    func virtualMachines() async throws(CollectionFailure) -> VirtualMachineList

    /// What the vCenter says now about the last customization of `vm`; a failed request is an answer too.
    ///
    /// Throws only where no VM can be polled, such as an endpoint that the vCenter does not have.
    func lastCustomization(of vm: String, endpoint: Endpoint) async throws(CollectionFailure) -> TimedAnswer

    /// What tells `vm` from others whatever its id and name are; `nil` if the vCenter did not answer.
    func identity(of vm: String) async -> VirtualMachineIdentity?

    /// How far the vCenter's clock is ahead of this program's, in milliseconds; negative if it is behind, `nil` while unknown.
    var clockOffsetMilliseconds: Int64? { get async }
}

extension CustomizationSource {
    package func identity(of vm: String) async -> VirtualMachineIdentity? { nil }
    package var clockOffsetMilliseconds: Int64? { get async { nil } }
}

/// What one VM's request brought, and when it was sent.
package struct TimedAnswer: Sendable {
    package var answer: Answer
    /// By the collector's steady clock. Of several tries it is the one that got the answer; where none was sent, when that was decided.
    package var sentAt: Duration
    /// What the source accounts for the memory of the answer with, where that is much. Whoever lets go of it has taken the answer in,
    /// and answers for its memory from then on.
    package var memory: (any Sendable)?

    package init(_ answer: Answer, sentAt: Duration, memory: (any Sendable)? = nil) {
        self.answer = answer
        self.sentAt = sentAt
        self.memory = memory
    }
}
