import GRDB
import GuestCustomization

/// Which runs a removal covers: from the first one on, all that began before a date and are sealed, up to the first that did not or is not.
///
/// What polls come to is computed in the order of the runs, so only the first runs can be removed from it. If a clock was wrong, later runs
/// may have begun before the date too: they are kept, because by its own record the run in between is not that old.
struct PruneBoundary {
    /// The first run that is kept although it, or one after it, began before the date.
    package struct Hindrance: Hashable, Sendable {
        var run: Int64
        var vCenter: String
        var isSealed: Bool
        var startedAt: Timestamp
    }

    /// The last run whose polls may be removed; 0 if there is none.
    let lastRun: Int64
    let hindrance: Hindrance?

    init(before date: Timestamp, _ db: Database) throws {
        let first = try db.firstRow(
            of: """
                SELECT r.id, c.name, s.leaf IS NOT NULL, r.started_ms,
                    EXISTS (SELECT 1 FROM collection_run AS q WHERE q.id >= r.id AND q.started_ms < \(date))
                FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id LEFT JOIN seal AS s ON s.run_id = r.id
                WHERE r.started_ms >= \(date) OR s.leaf IS NULL ORDER BY r.id LIMIT 1
                """
        ) { row in
            (
                Hindrance(
                    run: try row.id(0), vCenter: try row.text(1), isSealed: try row.flag(2),
                    startedAt: try row.timestamp(3)), isInTheWay: try row.flag(4)
            )
        }
        hindrance = first.flatMap { $0.isInTheWay ? $0.0 : nil }
        let last = try db.firstRow(of: "SELECT max(id) FROM collection_run WHERE id < \(first?.0.run ?? .max)") {
            try $0.idOrNull(0)
        }
        lastRun = (last ?? nil) ?? 0
    }
}
