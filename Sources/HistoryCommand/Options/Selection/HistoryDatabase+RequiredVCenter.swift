import GuestCustomization
import HistoryStore

extension HistoryDatabase {
    /// The vCenter with this name.
    ///
    /// - Throws: `HistoryError`, 64, with the nearest names if there is none.
    @discardableResult
    func requireVCenter(_ name: String) throws -> RecordedVCenter {
        let all = try vCenters()
        if let found = all.first(where: { $0.name == name }) { return found }
        throw unknownVCenter(name, among: all.map(\.name))
    }
}
