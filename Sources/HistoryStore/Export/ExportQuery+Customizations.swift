import GRDB
import GuestCustomization

extension ExportQuery {
    /// VMs whose customizations are read at once.
    private static let pieceVMs = 200

    private static let latestPoll: SQL = """
        (SELECT l.polled_ms FROM latest_poll AS l WHERE l.virtual_machine_endpoint_id = u.virtual_machine_endpoint_id)
        """
    private static let lastPolled: SQL = "ifnull(u.last_polled_ms, \(latestPoll))"
    private static let pollCount: SQL = """
        u.polls + iif(u.last_polled_ms IS NULL, (
            SELECT l.polls FROM latest_poll AS l WHERE l.virtual_machine_endpoint_id = u.virtual_machine_endpoint_id
        ), 0)
        """

    static func customizationHistory(_ selection: ExportSelection) -> ExportQuery {
        ExportQuery(
            [
                .init("vcenter", .text), .init("vm", .text), .init("vm_name", .text), .init("endpoint", .endpoint),
                .init("outcome", .text), .init("start_time", .instant).orNull, .init("end_time", .instant).orNull,
                .init("duration_seconds", .span).orNull, .init("error_id", .text).orNull,
                .init("error_message", .text).orNull, .init("first_polled_at", .instant),
                .init("last_polled_at", .instant), .init("polls", .count), .init("is_counted", .flag),
                .init("also_seen_by", .endpoint).orNull, .init("ended_at", .instant).orNull,
                .init("instance_uuid", .text).orNull,
            ], of: "virtual_machine_endpoint", by: pieceVMs
        ) { after, through in
            """
            SELECT c.name, v.moid, v.shown_name, m.endpoint_id, u.outcome, u.start_ms, u.end_ms,
                CASE WHEN u.outcome IN ('succeeded', 'failed') THEN u.end_ms - u.start_ms END, a.error_id, a.error_message,
                u.first_polled_ms, \(lastPolled), \(pollCount), u.same_as IS NULL, (
                    SELECT n.endpoint_id FROM customization AS o
                    JOIN virtual_machine_endpoint AS n ON n.id = o.virtual_machine_endpoint_id
                    WHERE o.id = u.same_as OR o.same_as = u.id
                ), CASE WHEN u.outcome IN ('succeeded', 'failed') THEN u.window_ms END, v.instance_uuid
            \(customizations(selection, after, through)) AND \(selection.isInWindow("ifnull(u.window_ms, \(latestPoll))"))
            ORDER BY m.id, u.id
            """
        }
    }

    /// With `is_whole`: whether all customizations of the VM are exported, rather than only the current one, whose polls are counted on.
    static func customizations(_ selection: ExportSelection) -> ExportQuery {
        ExportQuery(
            [
                .init("virtual_machine_endpoint_id", .id), .init("identity_basis", .text),
                .init("identity_value", .identity), .init("number", .id), .init("outcome", .text),
                .init("start_time", .instant).orNull, .init("end_time", .instant).orNull,
                .init("error_id", .text).orNull, .init("error_message", .text).orNull,
                .init("error_untranslated", .text).orNull, .init("first_polled_at", .instant),
                .init("last_polled_at", .instant), .init("polls", .count), .init("window_at", .instant),
                .init("is_counted", .flag), .init("is_whole", .flag),
            ], of: "virtual_machine_endpoint", by: pieceVMs
        ) { after, through in
            """
            SELECT m.id, u.identity_basis, u.identity_value, u.id, u.outcome, u.start_ms, u.end_ms, a.error_id, a.error_message,
                a.error_untranslated, u.first_polled_ms, \(lastPolled), \(pollCount), ifnull(u.window_ms, \(latestPoll)), u.same_as IS NULL, \(selection.isTouched)
            \(customizations(selection, after, through)) ORDER BY m.id, u.id
            """
        }
    }

    private static func customizations(_ selection: ExportSelection, _ after: Int64, _ through: Int64) -> SQL {
        """
        FROM virtual_machine_endpoint AS m
        JOIN customization AS u ON u.virtual_machine_endpoint_id = m.id
        LEFT JOIN virtual_machine AS v ON v.id = m.vm_id
        LEFT JOIN vcenter AS c ON c.id = v.vcenter_id
        LEFT JOIN answer AS a ON a.id = u.answer_id
        WHERE m.id > \(after) AND m.id <= \(through) AND (u.last_polled_ms IS NULL OR u.identity_basis = 'event' AND u.outcome IN ('running', 'lost') OR \(selection.isTouched))
        """
    }
}
