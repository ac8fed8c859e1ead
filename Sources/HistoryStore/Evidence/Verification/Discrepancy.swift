import GuestCustomization

/// Something in the file that is not as it was recorded.
struct Discrepancy: Error {
    /// What is wrong, in words of the domain: `run 4711 of vcsa-berlin: the answer of vm-42 was altered`.
    var finding: String

    init(_ finding: String) { self.finding = finding }

    /// About a run.
    init(run: Int64, of vCenter: String, _ finding: String) {
        self.init("run \(run) of \(vCenter.shownFromFile): \(finding)")
    }
}

extension HistoryError {
    static func altered(_ discrepancy: Discrepancy, _ path: String) -> HistoryError {
        HistoryError(
            .damaged,
            "\(path) is not as it was recorded: \(discrepancy.finding); \(restore)")
    }
}
