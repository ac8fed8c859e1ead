extension StoredTable {
    /// The tables of what VMs are.
    static let attributes = [
        StoredTable("attribute_text", key: "id", columns: .init("id", .id), .init("text", .text)),
        StoredTable(
            "attribute_change", key: "vm_id", "run_id",
            columns: .init("vm_id", .reference("virtual_machine")), .init("run_id", .reference("collection_run")),
            text("guest_os_id"), text("tools_version_id"), text("tools_status_id"), text("host_id"), text("cluster_id"),
            text("folder_id"), text("datacenter_id"), .init("is_template", .flag).orNull),
        StoredTable(
            "virtual_machine_source", key: "vm_id", "run_id",
            columns: .init("vm_id", .reference("virtual_machine")), .init("run_id", .reference("collection_run")),
            .init("event_key", .count), .init("created_ms", .instant).orNull,
            .init("source_id", .reference("attribute_text"))),
        StoredTable(
            "source_cursor", key: "vcenter_id",
            columns: .init("vcenter_id", .reference("vcenter")), .init("event_key", .count).orNull,
            .init("created_ms", .instant).orNull),
    ]

    private static func text(_ name: String) -> Column { Column(name, .reference("attribute_text")).orNull }
}
