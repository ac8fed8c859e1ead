import GRDB
import GuestCustomization

/// What a VM is, as a row of `attribute_change` has it.
struct StoredAttributes: Equatable {
    /// Rows of `attribute_text`, in the order of `VirtualMachineAttributes.texts`.
    private(set) var texts = [Int64?](repeating: nil, count: columns.count)
    private(set) var isTemplate: Bool?

    /// In the order of `VirtualMachineAttributes.texts`.
    private static let columns = [
        "guest_os_id", "tools_version_id", "tools_status_id", "host_id", "cluster_id", "folder_id", "datacenter_id",
    ]
    /// What `init(_:from:)` reads.
    static func selection(of alias: String) -> String {
        (columns + ["is_template"]).map { "\(alias).\($0)" }.joined(separator: ", ")
    }

    init(_ told: VirtualMachineAttributes, _ register: inout AttributeTexts, _ db: Database) throws {
        for (index, path) in VirtualMachineAttributes.texts.enumerated() {
            texts[index] = try told[keyPath: path].map { try register.row(of: $0, db) }
        }
        isTemplate = told.isTemplate
    }

    init(_ row: StatementColumns, from first: CInt) throws {
        for index in texts.indices { texts[index] = try row.idOrNull(first + CInt(index)) }
        let last = first + CInt(texts.count)
        isTemplate = row.isNull(last) ? nil : try row.flag(last)
    }

    /// The same in another history.
    init(_ other: StoredAttributes, _ row: (Int64) throws -> Int64) throws {
        texts = try other.texts.map { try $0.map(row) }
        isTemplate = other.isTemplate
    }

    func insert(of vm: Int64, from run: Int64, _ db: Database) throws {
        let names = (["vm_id", "run_id"] + Self.columns + ["is_template"]).joined(separator: ", ")
        try db.cachedStatement(
            sql: "INSERT INTO attribute_change (\(names)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).run(
            [.integer(vm), .integer(run)] + texts.map { .integer($0) }
                + [.integer(isTemplate.map { $0 ? 1 : 0 })], db)
    }
}

/// Finds the rows of texts, or adds them.
struct AttributeTexts {
    private var known: [String: Int64] = [:]

    mutating func row(of text: String, _ db: Database) throws -> Int64 {
        if let row = known[text] { return row }
        let storable = text.storable
        let statement = try db.cachedStatement(sql: "SELECT id FROM attribute_text WHERE text = ?")
        statement.bind([.text(storable)])
        var row = try statement.firstRow(db) { try $0.id(0) }
        if row == nil {
            try db.cachedStatement(sql: "INSERT INTO attribute_text (text) VALUES (?)").run([.text(storable)], db)
            row = db.lastInsertedRowID
        }
        known[text] = row
        return row ?? 0
    }
}
