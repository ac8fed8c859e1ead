import GRDB
import GuestCustomization

/// Up to where the events of one vCenter that tell from what VMs were made have been read.
struct SourceCursor {
    let vCenterID: Int64

    func set(_ position: EventPosition, _ db: Database) throws {
        let key = position.key.flatMap { StoredBounds.counts.contains($0) ? $0 : nil }
        try db.execute(
            sql: """
                INSERT INTO source_cursor (vcenter_id, event_key, created_ms) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET event_key = excluded.event_key, created_ms = excluded.created_ms
                    WHERE (event_key, created_ms) IS NOT (excluded.event_key, excluded.created_ms)
                """, arguments: [vCenterID, key, key == nil ? nil : position.time])
    }
}

extension HistoryDatabase {
    /// Where to go on reading the events that tell from what the VMs of a vCenter were made.
    package func sourcesEnd(of vCenter: String) throws -> EventPosition {
        try read("read the position in the events of") { db in
            try db.firstRow(
                of: """
                    SELECT s.event_key, s.created_ms FROM source_cursor AS s JOIN vcenter AS c ON c.id = s.vcenter_id
                    WHERE c.name = \(vCenter.storable)
                    """
            ) { EventPosition(key: try $0.countOrNull(0).map(Int64.init), time: try $0.timestampOrNull(1)) }
                ?? EventPosition()
        }
    }
}
