import GuestCustomization

/// Failures that are counted together.
protocol FailureGroup {
    var count: Int { get }
    var virtualMachines: Int { get }
    /// What they have in common, in words.
    var words: String { get }
}

extension ErrorGroup: FailureGroup {
    var words: String { ReportWords.error(id: id, message: message) }
}

extension CauseGroup: FailureGroup {
    var words: String { ReportWords.cause(cause) }
}
