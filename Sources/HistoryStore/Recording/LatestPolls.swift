import GRDB
import GuestCustomization

/// The polls that got the VM's latest answer in succession.
struct LatestPolls {
    var count: Int
    /// When the last of them was sent.
    var lastAt: Timestamp

    static func read(of row: Int64, _ db: Database) throws -> LatestPolls? {
        let statement = try db.cachedStatement(
            sql: "SELECT polls, polled_ms FROM latest_poll WHERE virtual_machine_endpoint_id = ?")
        statement.bind([.integer(row)])
        return try statement.firstRow(db) { LatestPolls(count: try $0.count(0), lastAt: try $0.timestamp(1)) }
    }
}
