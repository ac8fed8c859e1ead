import GRDB
import GuestCustomization

/// Records what a vCenter told about its VMs. A VM that is as it was costs no write.
struct AttributeWriter {
    let run: OpenRun
    private var texts = AttributeTexts()

    init(_ run: OpenRun) { self.run = run }

    /// Compares VM by VM while it reads what is known, so that the VMs are in memory only once.
    mutating func write(_ told: ToldInventory, _ db: Database) throws {
        guard !told.isEmpty else { return }
        let known: SQL = """
            SELECT v.moid, v.id, v.instance_uuid, (SELECT max(event_key) FROM virtual_machine_source WHERE vm_id = v.id),
                \(sql: StoredAttributes.selection(of: "a"))
            FROM virtual_machine AS v
            LEFT JOIN attribute_change AS a ON a.vm_id = v.id AND a.run_id = (
                SELECT max(run_id) FROM attribute_change WHERE vm_id = v.id
            )
            WHERE v.vcenter_id = \(run.vCenterID) AND v.is_current = 1
            """
        try db.forEachRow(of: known) { row in
            let (moid, id) = (try row.text(0), try row.id(1))
            if let vm = told[moid], Self.mayBe(try row.textOrNull(2), vm) {
                let attributes = try StoredAttributes(vm, &texts, db)
                // A VM of which nothing was ever told has only NULLs.
                if attributes != (try StoredAttributes(row, from: 4)) {
                    try attributes.insert(of: id, from: run.id.rawValue, db)
                }
            }
            if let source = told.sources[moid] {
                try write(source, of: id, after: try row.countOrNull(3).map(Int64.init), db)
            }
        }
        if let end = told.sourcesEnd { try SourceCursor(vCenterID: run.vCenterID).set(end, db) }
    }

    /// Whether the managed object id does not mean another VM meanwhile.
    private static func mayBe(_ known: String?, _ vm: VirtualMachineAttributes) -> Bool {
        guard let known, let told = vm.instanceUUID?.storable else { return true }
        return known == told
    }

    /// - Parameters:
    ///   - vm: Row of `virtual_machine`.
    ///   - known: The key of the event that told from what it was made.
    private mutating func write(
        _ source: ToldInventory.Source, of vm: Int64, after known: Int64?, _ db: Database
    ) throws {
        guard StoredBounds.counts.contains(source.key), source.key > known ?? -1 else { return }
        let text = try texts.row(of: source.name, db)
        try VirtualMachineSource.insert(
            of: vm, from: run.id.rawValue, key: source.key, createdAt: source.createdAt, text: text, db)
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
