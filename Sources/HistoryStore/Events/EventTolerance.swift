import GRDB
import GuestCustomization

/// How far apart events and polls may put the end of one customization: the guest's clock and vCenter's differ. It is kept in the
/// history, because which customizations are the same follows from it whoever computes them.
package enum EventTolerance {
    /// 0 s to 24 h.
    package static let allowed = Duration.zero...Duration.seconds(86_400)

    static func read(_ db: Database) throws -> Duration {
        let tolerance = try db.firstRow(of: "SELECT tolerance_ms FROM event_matching") { try $0.count(0) }
        guard let tolerance else { throw StoredValueFault(complaint: "is missing") }
        return .milliseconds(tolerance)
    }

    /// - Precondition: `allowed` contains it.
    static func set(_ tolerance: Duration, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE event_matching SET tolerance_ms = ?")
            .run([.integer(Int64(tolerance / .milliseconds(1)))], db)
    }
}
