import HistoryStore

extension ProgressBar {
    /// Draws how far a verification has come.
    func show(_ step: HistoryDatabase.VerificationStep) {
        switch step {
        case .file: show("checking the file", done: 0, of: 1, unit: "steps")
        case .seals: show("checking the seals", done: 0, of: 1, unit: "steps")
        case .answers: show("checking the answers", done: 0, of: 1, unit: "steps")
        case .polls(let done, let total): show("verifying", done: done, of: total, unit: "polls")
        case .customizations: show("checking the customizations", done: 0, of: 1, unit: "steps")
        }
    }
}
