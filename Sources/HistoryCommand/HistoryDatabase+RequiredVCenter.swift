import GuestCustomization
import HistoryStore

extension HistoryDatabase {
    /// The vCenter of this name.
    ///
    /// - Throws: `CommandFailure`, 64, with the nearest names where there is none.
    @discardableResult
    func requireVCenter(_ name: String) throws -> RecordedVCenter {
        let all = try vCenters()
        if let found = all.first(where: { $0.name == name }) { return found }
        let known = all.prefix(10).map(\.name).joined(separator: ", ")
        let more = all.count > 10 ? " and \(all.count - 10) more" : ""
        let remedy = all.isEmpty ? "it knows none yet" : "it knows \(known)\(more)"
        throw CommandFailure(.usage, "there is no vCenter \(name) in \(path); \(remedy)")
    }
}
