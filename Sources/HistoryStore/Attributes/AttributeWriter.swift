import GRDB
import GuestCustomization

/// Records what a vCenter told about its VMs. A VM that is as it was costs no write.
struct AttributeWriter {
    let run: OpenRun
    private var texts = AttributeTexts()

    init(_ run: OpenRun) { self.run = run }

    /// What is known of a VM.
    private struct Known {
        var id: Int64
        var instanceUUID: String?
        /// `nil` if nothing was ever told.
        var attributes: StoredAttributes?
        /// The event that told from what it was made.
        var sourceKey: Int64?
    }

    mutating func write(_ told: ToldInventory, _ db: Database) throws {
        guard !told.virtualMachines.isEmpty || told.sourcesEnd != nil else { return }
        let known = try self.known(db)
        // A server may tell of a VM twice.
        var seen: Set<Int64> = []
        for vm in told.virtualMachines {
            guard let machine = known[vm.vm.storable], Self.mayBe(machine, vm), seen.insert(machine.id).inserted else {
                continue
            }
            let attributes = try StoredAttributes(vm, &texts, db)
            guard attributes != machine.attributes ?? StoredAttributes() else { continue }
            try attributes.insert(of: machine.id, from: run.id.rawValue, db)
        }
        for (vm, source) in told.sources { try write(source, known[vm.storable], db) }
        if let end = told.sourcesEnd { try SourceCursor(vCenterID: run.vCenterID).set(end, db) }
    }

    /// Whether the managed object id does not mean another VM meanwhile.
    private static func mayBe(_ machine: Known, _ vm: VirtualMachineAttributes) -> Bool {
        guard let known = machine.instanceUUID, let told = vm.instanceUUID?.storable else { return true }
        return known == told
    }

    private mutating func write(_ source: ToldInventory.Source, _ machine: Known?, _ db: Database) throws {
        guard let machine, StoredBounds.counts.contains(source.key), source.key > machine.sourceKey ?? -1 else { return }
        let text = try texts.row(of: source.name, db)
        try VirtualMachineSource.insert(
            of: machine.id, from: run.id.rawValue, key: source.key, createdAt: source.createdAt, text: text, db)
    }

    private func known(_ db: Database) throws -> [String: Known] {
        var known: [String: Known] = [:]
        let query: SQL = """
            SELECT v.moid, v.id, v.instance_uuid, (SELECT max(event_key) FROM virtual_machine_source WHERE vm_id = v.id),
                a.vm_id, \(sql: StoredAttributes.selection(of: "a"))
            FROM virtual_machine AS v
            LEFT JOIN attribute_change AS a ON a.vm_id = v.id AND a.run_id = (
                SELECT max(run_id) FROM attribute_change WHERE vm_id = v.id
            )
            WHERE v.vcenter_id = \(run.vCenterID) AND v.is_current = 1
            """
        try db.forEachRow(of: query) { row in
            known[try row.text(0)] = Known(
                id: try row.id(1), instanceUUID: try row.textOrNull(2),
                attributes: row.isNull(4) ? nil : try StoredAttributes(row, from: 5),
                sourceKey: try row.countOrNull(3).map(Int64.init))
        }
        return known
    }
}

extension VirtualMachineSource {
    /// Stores from what a VM was made.
    ///
    /// - Parameters:
    ///   - vm: Row of `virtual_machine`.
    ///   - text: Row of `attribute_text`.
    static func insert(
        of vm: Int64, from run: Int64, key: Int64, createdAt: Timestamp?, text: Int64, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO virtual_machine_source (vm_id, run_id, event_key, created_ms, source_id) VALUES (?, ?, ?, ?, ?)
                """
        ).run([.integer(vm), .integer(run), .integer(key), .instant(createdAt), .integer(text)], db)
    }
}
