/// A vCenter as the collector sees it: what can be polled.
///
/// A test double needs two methods:
/// ```swift
/// struct Still: CustomizationSource {
///     func virtualMachines() async throws(HistoryError) -> VirtualMachineList {
///         VirtualMachineList([VirtualMachine(id: "vm-1", name: "a")], isWhole: true)
///     }
///     func lastCustomization(of vm: String, endpoint: Endpoint) async throws(HistoryError) -> TimedAnswer {
///         let answer = Answer(result: .reported, httpStatus: 200, info: CustomizationInfo(status: .notAvailable))
///         return TimedAnswer(answer, sentAt: clock.now())
///     }
/// }
/// ```
package protocol CustomizationSource: Sendable {
    /// Every VM to poll, each managed object id once.
    func virtualMachines() async throws(HistoryError) -> VirtualMachineList

    /// What the vCenter says now about the last customization of `vm`; a failed request is an answer too.
    ///
    /// Throws only if no VM can be polled, such as where the vCenter does not have the endpoint.
    func lastCustomization(of vm: String, endpoint: Endpoint) async throws(HistoryError) -> TimedAnswer

    /// The permanent identity of `vm`, whatever its id and name; `nil` if the vCenter did not answer.
    func identity(of vm: String) async -> VirtualMachineIdentity?

    /// How far the vCenter's clock is ahead of this program's, in milliseconds; negative if it is behind, `nil` while unknown.
    var clockOffsetMilliseconds: Int64? { get async }

    /// Where polls of this source run best; `nil` for the threads that all tasks share.
    var executor: (any TaskExecutor)? { get }
}

extension CustomizationSource {
    /// Default: the identity is not known.
    package func identity(of vm: String) async -> VirtualMachineIdentity? { nil }
    /// Default: the offset is not known.
    package var clockOffsetMilliseconds: Int64? { get async { nil } }
    /// Default: with all other tasks.
    package var executor: (any TaskExecutor)? { nil }
}

/// The answer to one VM's request, and when the request was sent.
package struct TimedAnswer: Sendable {
    /// The status, or why there is none.
    package var answer: Answer
    /// By the collector's steady clock. Of several attempts, the one that got the answer; if none was sent, the time of that decision.
    package var sentAt: Duration
    /// The source's reservation for the memory of a large answer. Whoever releases it has consumed the answer and accounts for its
    /// memory from then on.
    package var memory: (any Sendable)?

    package init(_ answer: Answer, sentAt: Duration, memory: (any Sendable)? = nil) {
        self.answer = answer
        self.sentAt = sentAt
        self.memory = memory
    }
}
