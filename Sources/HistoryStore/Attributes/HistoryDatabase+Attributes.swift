import GRDB
import GuestCustomization

extension HistoryDatabase {
    package func record(_ told: ToldInventory, in run: CollectionRunID) async throws {
        try await write("record what VMs are in", waiting: .untilStopped) { [recording, path] db in
            try recording.transaction(db) {
                var writer = AttributeWriter(try recording.run(run, path: path, db))
                try writer.write(told, db)
            }
        }
    }

    /// Every value that an attribute ever had, in order.
    package func values(of attribute: VirtualMachineAttribute) throws -> [String] {
        let column = attribute.column
        return try read("read what VMs are in") { db in
            try db.rows(
                of: """
                    SELECT text FROM attribute_text WHERE id IN (SELECT \(sql: column.name) FROM \(sql: column.table)) ORDER BY text
                    """
            ) { try $0.text(0) }
        }
    }

    /// What the VMs of some vCenters were, and when.
    package func attributes(matching filter: ReportFilter, since: Timestamp) throws -> AttributeHistory {
        try read("read what VMs are in") { db in
            var history = AttributeHistory()
            var numbers: [Int64: Int32] = [:]
            try db.forEachRow(of: "SELECT id, text FROM attribute_text") {
                numbers[try $0.id(0)] = history.number(of: try $0.text(1))
            }
            func number(_ row: StatementColumns, _ index: CInt) throws -> Int32? {
                guard let id = try row.idOrNull(index) else { return nil }
                guard let number = numbers[id] else { throw StoredValueFault(complaint: "names no row of attribute_text") }
                return number
            }
            let grouped = VirtualMachineAttribute.allCases.filter { $0.column.table == "attribute_change" }
            let columns = grouped.map { "a.\($0.column.name)" }.joined(separator: ", ")
            let spans: SQL = """
                SELECT a.vm_id, r.started_ms, \(sql: columns)
                FROM attribute_change AS a JOIN collection_run AS r ON r.id = a.run_id JOIN vcenter AS c ON c.id = r.vcenter_id
                WHERE \(filter.vCenterCondition) ORDER BY a.vm_id, a.run_id
                """
            try db.forEachRow(of: spans) { row in
                var values = AttributeValues()
                for (index, attribute) in grouped.enumerated() { values[attribute] = try number(row, CInt(index + 2)) }
                history.add(
                    values, of: VirtualMachineRow(rawValue: try row.id(0)), since: try row.timestamp(1))
            }
            // The last one prevails.
            try db.forEachRow(of: "SELECT vm_id, source_id FROM virtual_machine_source ORDER BY event_key, run_id") { row in
                if let template = try number(row, 1) {
                    history.add(template: template, of: VirtualMachineRow(rawValue: try row.id(0)))
                }
            }
            try EventDetails.forEachPlace(since: since, matching: filter, db) { history.add($2, of: $0, at: $1) }
            return history
        }
    }
}

extension VirtualMachineAttribute {
    /// Where its values are, as rows of `attribute_text`.
    fileprivate var column: (table: String, name: String) {
        switch self {
        case .guestOS: ("attribute_change", "guest_os_id")
        case .host: ("attribute_change", "host_id")
        case .cluster: ("attribute_change", "cluster_id")
        case .folder: ("attribute_change", "folder_id")
        case .datacenter: ("attribute_change", "datacenter_id")
        case .tools: ("attribute_change", "tools_version_id")
        case .template: ("virtual_machine_source", "source_id")
        }
    }
}
