import GRDB
import GuestCustomization

/// The names that a VM had, when histories or vCenters are joined.
enum VirtualMachineNames {
    struct Name {
        /// As the vCenter writes it.
        var raw: String
        var firstSeenAt: Timestamp
    }

    /// The names of VMs, in the order in which they were recorded.
    static func read(of vms: [Int64], _ db: Database) throws -> [Name] {
        try vms.flatMap { vm in
            try db.rows(of: "SELECT name, first_seen_ms FROM virtual_machine_name WHERE vm_id = \(vm) ORDER BY id") {
                Name(raw: try $0.text(0), firstSeenAt: try $0.timestamp(1))
            }
        }
    }

    /// Gives a VM these names in the order in which they were seen, one for each rename; the last one is its present name.
    static func set(_ names: [Name], of vm: Int64, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM virtual_machine_name WHERE vm_id = ?", arguments: [vm])
        var latest: String?
        let ordered = names.enumerated().sorted {
            ($0.element.firstSeenAt, $0.offset) < ($1.element.firstSeenAt, $1.offset)
        }
        for name in ordered.map(\.element) where name.raw != latest {
            latest = name.raw
            try db.cachedStatement(
                sql: "INSERT INTO virtual_machine_name (vm_id, name, shown_name, first_seen_ms) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [vm, name.raw, InventoryName(raw: name.raw).shown.storable, name.firstSeenAt])
        }
        guard let latest else { return }
        try db.cachedStatement(sql: "UPDATE virtual_machine SET name = ?, shown_name = ? WHERE id = ?")
            .execute(arguments: [latest, InventoryName(raw: latest).shown.storable, vm])
    }
}
