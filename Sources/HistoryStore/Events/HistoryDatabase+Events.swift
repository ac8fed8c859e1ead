import GRDB
import GuestCustomization

extension HistoryDatabase: EventRecorder {
    package func eventProgress(of vCenter: String) async throws -> EventProgress? {
        try await write("look for events in") { db in
            try db.firstRow(
                of: """
                    SELECT e.event_key, e.event_ms, e.generation, e.complete_since_ms, e.read_ms, e.backfill_since_ms, e.backfill_key,
                        e.backfill_ms
                    FROM event_reading AS e JOIN vcenter AS c ON c.id = e.vcenter_id WHERE c.name = \(vCenter.storable)
                    """
            ) { try EventProgress($0) }
        }
    }

    package func newEvents(
        among events: [CustomizationEvent], on vCenter: String
    ) async throws -> [CustomizationEvent] {
        try await write("look for events in", waiting: .untilStopped) { db in
            let vCenterID = try Self.vCenterID(vCenter.storable, db)
            return try events.filter { try !EventWriter.isRecorded($0, on: vCenterID, db) }
        }
    }

    package func append(
        _ events: [CustomizationEvent], _ progress: EventProgress, to run: CollectionRunID
    ) async throws {
        try await write("append events to", waiting: .untilStopped) { [recording, path] db in
            try recording.transaction(db) {
                let run = try recording.run(run, path: path, db)
                try EventWriter(run: run, generation: Int64(progress.generation)).append(events, db)
                guard db.changesCount == 1 else { throw HistoryError.runEnded(run.id, path) }
                try progress.write(of: run.vCenterID, db)
            }
        }
    }

    package func record(_ progress: EventProgress, of vCenter: String) async throws {
        try await write("note how far events were read in", waiting: .untilStopped) { [recording] db in
            try recording.transaction(db) {
                let id = try Self.vCenterID(vCenter.storable, db)
                try progress.write(of: id, db)
                try EventFold.refreshUnfinished(on: id, db)
            }
        }
    }
}

extension EventProgress {
    /// Reads the columns of `event_reading` from `event_key` on.
    fileprivate init(_ row: StatementColumns) throws {
        func key(_ index: CInt) throws -> Int64? {
            row.isNull(index) ? nil : try row.integer(index, in: .min...(.max), "")
        }
        self.init(
            cursor: EventPosition(key: try key(0), time: try row.timestampOrNull(1)), generation: try row.count(2),
            completeSince: try row.timestampOrNull(3), readAt: try row.timestamp(4))
        let position = EventPosition(key: try key(6), time: try row.timestampOrNull(7))
        let since = try row.timestampOrNull(5)
        if position != EventPosition() || since != nil { backfill = Backfill(since: since, position: position) }
    }

    fileprivate func write(of vCenterID: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO event_reading (vcenter_id, event_key, event_ms, generation, complete_since_ms, read_ms, backfill_since_ms,
                    backfill_key, backfill_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET event_key = excluded.event_key, event_ms = excluded.event_ms, generation = excluded.generation,
                    complete_since_ms = excluded.complete_since_ms, read_ms = excluded.read_ms,
                    backfill_since_ms = excluded.backfill_since_ms, backfill_key = excluded.backfill_key, backfill_ms = excluded.backfill_ms
                """
        ).run(
            [
                .integer(vCenterID), .integer(cursor.key), .instant(cursor.time), .integer(Int64(generation)),
                .instant(completeSince), .instant(readAt), .instant(backfill?.since),
                .integer(backfill?.position.key), .instant(backfill?.position.time),
            ], db)
    }
}
