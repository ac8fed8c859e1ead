import GRDB
import GuestCustomization

extension ExportQuery {
    /// Polls that are read at once; a run with more of them is read at once too.
    private static let piecePolls = 5000

    static func pollHistory(_ selection: ExportSelection) -> ExportQuery {
        // The poll comes first, and what it refers to is looked up: a reference that leads nowhere gives NULL, which is refused.
        ExportQuery(
            [
                .init("run_id", .id), .init("vcenter", .text), .init("vm", .text), .init("vm_name", .text),
                .init("endpoint", .endpoint), .init("polled_at", .instant), .init("result", .text),
                .init("status", .text).orNull, .init("start_time", .instant).orNull,
                .init("end_time", .instant).orNull, .init("error_id", .text).orNull,
                .init("error_message", .text).orNull, .init("http_status", .httpStatus).orNull,
                .init("answer_id", .id),
            ], next: { try nextRun(of: selection, after: $1, $0) }
        ) { after, through in
            """
            SELECT p.run_id, c.name, v.moid, v.shown_name, p.endpoint_id, p.polled_ms, a.result, a.status, a.start_ms, a.end_ms,
                a.error_id, a.error_message, a.http_status, p.answer_id
            FROM poll AS p
            LEFT JOIN virtual_machine AS v ON v.id = p.vm_id
            LEFT JOIN vcenter AS c ON c.id = v.vcenter_id
            LEFT JOIN answer AS a ON a.id = p.answer_id
            WHERE \(polls(of: selection, after, through)) ORDER BY p.run_id
            """
        }
    }

    static func polls(_ selection: ExportSelection) -> ExportQuery {
        ExportQuery(
            [
                .init("run_id", .id), .init("virtual_machine_endpoint_id", .id), .init("polled_at", .instant),
                .init("answer_id", .id),
            ], next: { try nextRun(of: selection, after: $1, $0) }
        ) { after, through in
            """
            SELECT p.run_id, p.virtual_machine_endpoint_id, p.polled_ms, p.answer_id FROM poll AS p
            WHERE \(polls(of: selection, after, through)) ORDER BY p.run_id
            """
        }
    }

    static func runs(_ selection: ExportSelection) -> ExportQuery {
        ExportQuery(
            [
                .init("id", .id), .init("vcenter_id", .id), .init("endpoint", .endpoint),
                .init("started_at", .instant), .init("finished_at", .instant).orNull, .init("outcome", .text),
                .init("vms", .count), .init("polls", .count), .init("failed_polls", .count),
                .init("failure", .text).orNull, .init("clock_offset_seconds", .span).orNull,
                .init("tool_version", .text),
            ], of: "collection_run"
        ) { after, through in
            """
            SELECT r.id, r.vcenter_id, r.endpoint_id, r.started_ms, r.finished_ms, r.outcome, r.vms, r.polls, r.failed_polls, r.failure,
                r.clock_offset_ms, r.tool_version
            FROM collection_run AS r WHERE r.id > \(after) AND r.id <= \(through) AND \(selection.hasRun("r.id")) ORDER BY r.id
            """
        }
    }

    private static func polls(of selection: ExportSelection, _ after: Int64, _ through: Int64) -> SQL {
        """
        p.run_id > \(after) AND p.run_id > ifnull((SELECT max(last_run_id) FROM prune), 0) AND p.run_id <= \(through) AND \(selection.hasRun("p.run_id")) AND \(selection.isInWindow("p.polled_ms"))
        """
    }

    /// The last of the next runs that together have `piecePolls` polls. Those of pruned runs may be removed in part.
    private static func nextRun(of selection: ExportSelection, after last: Int64, _ db: Database) throws -> Int64? {
        var (found, count): (Int64?, Int) = (nil, 0)
        let runs: SQL = """
            SELECT r.id, r.polls FROM collection_run AS r
            WHERE r.id > \(max(last, try Baseline.current(db)?.lastRun ?? 0)) AND \(selection.hasRun("r.id")) AND \(selection.mayHavePollsInWindow) ORDER BY r.id
            """
        try db.readRows(of: runs) { row in
            let polls = try row.count(1)
            guard found == nil || count + polls <= piecePolls else { return false }
            found = try row.id(0)
            count += polls
            return true
        }
        return found
    }
}
