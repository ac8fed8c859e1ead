import GuestCustomization
import HistoryStore

extension HistoryDatabase {
    /// The vCenter of this name.
    ///
    /// - Throws: `CommandFailure`, 64, with the nearest names where there is none.
    @discardableResult
    func requireVCenter(_ name: String) throws -> RecordedVCenter {
        try requireKnown(ReportFilter(vCenters: [name]))
        guard let found = try vCenters().first(where: { $0.name == name }) else {
            throw CommandFailure(.otherRun, "the vCenters of \(path) changed meanwhile; run it again")
        }
        return found
    }
}
