import GuestCustomization

/// A table and the values allowed in its columns: SQLite checks less than this in a file that may come from anyone.
struct StoredTable {
    /// The values that a column may have.
    enum Kind {
        case id
        /// The number of a row of another table.
        case reference(String)
        case text
        /// One of these words.
        case word([String])
        case instant
        case span
        /// The number of a block of VMs.
        case block
        case digits
        /// The offsets of a block's polls; the positions of the columns with their digits and with the instant that they count from.
        case offsets(digits: CInt, first: CInt)
        case count
        /// Any integer.
        case number
        case flag
        case httpStatus
        case durationBound
        case sumSeconds
        case digest
        case body
        case identity(basis: CInt)
        case token
    }

    struct Column {
        var name: String
        var kind: Kind
        var isOptional = false

        init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

        var orNull: Column {
            var column = self
            column.isOptional = true
            return column
        }
    }

    var name: String
    /// Integer columns that identify a row.
    var key: [String]
    var columns: [Column]

    init(_ name: String, key: String..., columns: Column...) {
        (self.name, self.key, self.columns) = (name, key, columns)
    }
}

extension StoredTable {
    private static let runOutcome = Kind.word(CollectionRunOutcome.allCases.map(\.rawValue))

    /// Every table of the schema; large ones come last.
    static let all =
        [
            StoredTable(
                "migration", key: "number",
                columns: .init("number", .id), .init("name", .text), .init("sha256", .digest),
                .init("applied_at_ms", .instant), .init("tool_version", .text)),
            StoredTable(
                "latest_commit", key: "id", columns: .init("id", .id), .init("token", .token), .init("previous", .token)
            ),
            StoredTable(
                "endpoint", key: "id", columns: .init("id", .id),
                .init("name", .word(Endpoint.allCases.map(\.rawValue)))),
            StoredTable(
                "vcenter", key: "id",
                columns: .init("id", .id), .init("name", .text), .init("is_name_given", .flag),
                .init("instance_uuid", .text).orNull),
            StoredTable(
                "vcenter_address", key: "vcenter_id",
                columns: .init("vcenter_id", .reference("vcenter")), .init("address", .text),
                .init("last_run_ms", .instant)
            ),
            StoredTable("duration_bound", key: "seconds", columns: .init("seconds", .durationBound)),
            StoredTable(
                "finished_total", key: "vcenter_id", "endpoint_id", "bound_seconds",
                columns: .init("vcenter_id", .reference("vcenter")), .init("endpoint_id", .reference("endpoint")),
                .init("outcome", .word(CustomizationOutcome.allCases.filter(\.isFinished).map(\.rawValue))),
                .init("bound_seconds", .durationBound), .init("customizations", .count), .init("seconds", .sumSeconds)),
            StoredTable(
                "collection_run", key: "id",
                columns: .init("id", .id), .init("vcenter_id", .reference("vcenter")),
                .init("endpoint_id", .reference("endpoint")), .init("collector", .text).orNull,
                .init("started_ms", .instant), .init("listed_ms", .instant).orNull,
                .init("finished_ms", .instant).orNull,
                .init("outcome", runOutcome),
                .init("failure", .text).orNull, .init("vms", .count),
                .init("selection", .word(VirtualMachineList.Selection.allCases.map(\.rawValue))).orNull,
                .init("is_whole", .flag), .init("polls", .count), .init("failed_polls", .count),
                .init("reported_polls", .count), .init("last_reported_ms", .instant).orNull,
                .init("events", .count), .init("clock_offset_ms", .span).orNull, .init("sequence", .id),
                .init("is_regular", .flag).orNull,
                .init("tool_version", .text)),
            StoredTable(
                "virtual_machine", key: "id",
                columns: .init("id", .id), .init("vcenter_id", .reference("vcenter")), .init("moid", .text),
                .init("name", .text), .init("shown_name", .text), .init("instance_uuid", .text).orNull,
                .init("is_identified", .flag), .init("is_current", .flag)),
            StoredTable(
                "virtual_machine_name", key: "id",
                columns: .init("id", .id), .init("vm_id", .reference("virtual_machine")), .init("name", .text),
                .init("shown_name", .text), .init("first_seen_ms", .instant)),
            StoredTable(
                "virtual_machine_endpoint", key: "id",
                columns: .init("id", .id), .init("vm_id", .reference("virtual_machine")),
                .init("endpoint_id", .reference("endpoint"))),
            StoredTable(
                "virtual_machine_listing", key: "virtual_machine_endpoint_id", "first_run_id",
                columns: .init("virtual_machine_endpoint_id", .reference("virtual_machine_endpoint")),
                .init("first_run_id", .reference("collection_run")),
                .init("gone_run_id", .reference("collection_run")).orNull),
            StoredTable("block_position", key: "position", columns: .init("position", .count)),
            StoredTable(
                "poll_span", key: "virtual_machine_endpoint_id", "first_run_id",
                columns: .init("virtual_machine_endpoint_id", .reference("virtual_machine_endpoint")),
                .init("first_run_id", .reference("collection_run")),
                .init("last_run_id", .reference("collection_run")).orNull),
            StoredTable(
                "latest_answer", key: "virtual_machine_endpoint_id",
                columns: .init("virtual_machine_endpoint_id", .reference("virtual_machine_endpoint")),
                .init("answer_id", .reference("answer")), .init("since_run_id", .reference("collection_run")),
                .init("last_reported_ms", .instant).orNull,
                .init("customization_id", .reference("customization")).orNull),
            StoredTable(
                "customization", key: "id",
                columns: .init("id", .id), .init("virtual_machine_endpoint_id", .reference("virtual_machine_endpoint")),
                .init("identity_basis", .word(["start_time", "end_time", "first_poll", "event"])),
                .init("identity_value", .identity(basis: 2)),
                .init("outcome", .word(CustomizationOutcome.allCases.map(\.rawValue))),
                .init("start_ms", .instant).orNull,
                .init("end_ms", .instant).orNull, .init("end_first_polled_ms", .instant).orNull,
                .init("first_polled_ms", .instant), .init("last_polled_ms", .instant).orNull, .init("polls", .count),
                .init("window_ms", .instant).orNull, .init("answer_id", .reference("answer")),
                .init("same_as", .reference("customization")).orNull),
            StoredTable(
                "answer", key: "id",
                columns: .init("id", .id), .init("sha256", .digest),
                .init("result", .word(Answer.Result.allCases.map(\.rawValue))), .init("is_answer", .flag),
                .init("http_status", .httpStatus).orNull, .init("status", .text).orNull,
                .init("start_ms", .instant).orNull,
                .init("end_ms", .instant).orNull, .init("error_id", .text).orNull, .init("error_message", .text).orNull,
                .init("error_untranslated", .text).orNull, .init("raw", .body).orNull),
            StoredTable(
                "answer_change", key: "virtual_machine_endpoint_id", "run_id",
                columns: .init("virtual_machine_endpoint_id", .reference("virtual_machine_endpoint")),
                .init("run_id", .reference("collection_run")), .init("answer_id", .reference("answer"))),
            StoredTable(
                "poll_block", key: "run_id", "block", "part",
                columns: .init("run_id", .reference("collection_run")), .init("block", .block), .init("part", .count),
                .init("first_ms", .instant), .init("digits", .digits), .init("offsets", .offsets(digits: 4, first: 3))),
            StoredTable("tree", key: "id", columns: .init("id", .id), .init("uuid", .text)),
            StoredTable(
                "seal", key: "tree_id", "leaf",
                columns: .init("tree_id", .reference("tree")), .init("leaf", .count),
                .init("run_id", .reference("collection_run")).orNull, .init("record", .text)),
            StoredTable(
                "tree_node", key: "tree_id", "level", "position",
                columns: .init("tree_id", .reference("tree")), .init("level", .count), .init("position", .count),
                .init("hash", .digest)),
            StoredTable(
                "sealed_name", key: "vm_id", "tree_id", "leaf",
                columns: .init("vm_id", .reference("virtual_machine")), .init("tree_id", .reference("tree")),
                .init("leaf", .count), .init("name", .text),
                .init("instance_uuid", .text).orNull),
            StoredTable("amendment_under_way", key: "id", columns: .init("id", .id)),
        ] + events + retention + notification + attributes

    private static let events = [
        StoredTable(
            "event", key: "id",
            columns: .init("id", .id), .init("run_id", .reference("collection_run")),
            .init("virtual_machine_endpoint_id", .reference("virtual_machine_endpoint")).orNull,
            .init("event_key", .number), .init("generation", .count), .init("answer_id", .reference("answer"))),
        StoredTable(
            "event_reading", key: "vcenter_id",
            columns: .init("vcenter_id", .reference("vcenter")), .init("event_key", .number).orNull,
            .init("event_ms", .instant).orNull, .init("generation", .count),
            .init("complete_since_ms", .instant).orNull,
            .init("read_ms", .instant), .init("backfill_since_ms", .instant).orNull,
            .init("backfill_key", .number).orNull, .init("backfill_ms", .instant).orNull),
        StoredTable("event_matching", key: "id", columns: .init("id", .id), .init("tolerance_ms", .count)),
    ]

    private static let notification = [
        StoredTable(
            "notification_channel", key: "id",
            columns: .init("id", .id), .init("name", .text), .init("begun_ms", .instant),
            .init("delivered_ms", .instant)),
        StoredTable(
            "notification_event", key: "channel_id", "vm_id", "endpoint_id", "first_polled_ms",
            columns: .init("channel_id", .reference("notification_channel")),
            .init("vm_id", .reference("virtual_machine")), .init("endpoint_id", .reference("endpoint")),
            .init("kind", .word(NotificationEvent.Kind.allCases.map(\.rawValue))), .init("first_polled_ms", .instant),
            .init("start_ms", .instant).orNull, .init("end_ms", .instant).orNull),
        StoredTable(
            "notification_problem", key: "id",
            columns: .init("id", .id), .init("channel_id", .reference("notification_channel")),
            .init("kind", .word(["failing", "stuck", "not_polled"])),
            .init("vm_id", .reference("virtual_machine")).orNull,
            .init("vcenter_id", .reference("vcenter")).orNull, .init("since_ms", .instant), .init("told_ms", .instant),
            .init("is_told", .flag)),
    ]

    private static let retention = [
        StoredTable(
            "prune", key: "id",
            columns: .init("id", .id), .init("leaf", .count).orNull,
            .init("last_run_id", .reference("collection_run")).orNull, .init("is_complete", .flag)),
        StoredTable(
            "baseline_answer", key: "virtual_machine_endpoint_id", "prune_id",
            columns: .init("virtual_machine_endpoint_id", .reference("virtual_machine_endpoint")),
            .init("prune_id", .reference("prune")), .init("answer_id", .reference("answer")),
            .init("since_run_id", .reference("collection_run")), .init("last_reported_ms", .instant).orNull,
            .init("customization_id", .id).orNull, .init("change_run_id", .reference("collection_run")),
            .init("polled_run_id", .reference("collection_run")), .init("polled_ms", .instant), .init("polls", .count)),
        StoredTable(
            "baseline_customization", key: "virtual_machine_endpoint_id", "prune_id", "number",
            columns: .init("virtual_machine_endpoint_id", .reference("virtual_machine_endpoint")),
            .init("prune_id", .reference("prune")), .init("number", .id),
            .init("identity_basis", .word(["start_time", "end_time", "first_poll"])),
            .init("identity_value", .identity(basis: 3)),
            .init("outcome", .word(CustomizationOutcome.allCases.map(\.rawValue))), .init("start_ms", .instant).orNull,
            .init("end_ms", .instant).orNull, .init("end_first_polled_ms", .instant).orNull,
            .init("first_polled_ms", .instant), .init("last_polled_ms", .instant).orNull, .init("polls", .count),
            .init("window_ms", .instant).orNull, .init("answer_id", .reference("answer"))),
        StoredTable(
            "baseline_span", key: "virtual_machine_endpoint_id", "prune_id", "first_run_id",
            columns: .init("virtual_machine_endpoint_id", .reference("virtual_machine_endpoint")),
            .init("prune_id", .reference("prune")), .init("first_run_id", .reference("collection_run")),
            .init("last_run_id", .reference("collection_run")).orNull),
    ]
}
