import GuestCustomization

/// An answer that differs from the VM's previous one, or comes after the VM was gone.
struct AnswerNews {
    var answer: AnswerRegister.Row
    var result: Answer.Result
    /// The reported status; `nil` if there is none.
    var info: CustomizationInfo?
    var polledAt: Timestamp
    var run: CollectionRunID
}
