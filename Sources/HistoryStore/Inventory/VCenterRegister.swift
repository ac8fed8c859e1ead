import GRDB
import GuestCustomization

/// A vCenter as reached by a run.
package struct ReachedVCenter: Hashable, Sendable {
    /// The configured name, else the host name, with the port if it is not 443.
    package var name: String
    /// Whether the name was configured.
    package var isNameGiven: Bool
    /// `host:port`.
    package var address: String
    /// Its instance UUID; `nil` if it could not be determined.
    package var instanceUUID: String?

    package init(name: String, isNameGiven: Bool, address: String, instanceUUID: String?) {
        self.name = name
        self.isNameGiven = isNameGiven
        self.address = address
        self.instanceUUID = instanceUUID
    }
}

/// Finds the row of a vCenter that a run reached, and adds it if it is new.
///
/// A vCenter is identified by its instance UUID, whatever its name and address. A configured name replaces one made from a host
/// name; otherwise the first name stays. If the UUID cannot be determined, the name and the address decide.
struct VCenterRegister {
    struct Entry {
        var id: Int64
        var name: String
        var isNameGiven: Bool
        var instanceUUID: String?
    }

    var reached: ReachedVCenter

    private var name: String { reached.name.storable }
    private var uuid: String? { reached.instanceUUID?.storable.lowercased() }

    /// The vCenter's row; adds it if it is new.
    ///
    /// - Throws: `otherVCenter` if the name belongs to another vCenter.
    func entry(_ db: Database) throws -> Entry {
        try known(db) ?? add(db)
    }

    private func known(_ db: Database) throws -> Entry? {
        let named = try Self.entry(named: name, db)
        guard let uuid else { return try reached.isNameGiven ? named ?? lastAt(db) : lastAt(db) ?? named }
        let same = try Self.entry(identifiedBy: uuid, db)
        if let named, let other = named.instanceUUID, other != uuid, reached.isNameGiven || same == nil {
            throw HistoryError.otherVCenter(reached, uuid: uuid, known: other, as: same?.name)
        }
        return same ?? named
    }

    /// Records what this run has learned about the vCenter; only for the process that has claimed it.
    func update(_ entry: inout Entry, at now: Timestamp, by amender: Amender, _ db: Database) throws {
        if let uuid, entry.instanceUUID == nil {
            try db.execute(sql: "UPDATE vcenter SET instance_uuid = ? WHERE id = ?", arguments: [uuid, entry.id])
            try Amendment.seal(amender.record(.identify, at: now, from: entry.name, into: uuid), db)
            // It may differ from the vCenter recorded so far, whose UUID was not known: its VMs have to be identified again.
            try Self.forgetIdentities(ofVMsIn: entry.id, db)
            entry.instanceUUID = uuid
        }
        if reached.isNameGiven, !entry.isNameGiven, try entry.name == name || Self.entry(named: name, db) == nil {
            try db.execute(
                sql: "UPDATE vcenter SET name = ?, is_name_given = 1 WHERE id = ?", arguments: [name, entry.id])
            if name != entry.name {
                try Amendment.seal(amender.record(.rename, at: now, from: entry.name, into: name), db)
            }
            entry.name = name
        }
        try db.execute(
            sql: """
                INSERT INTO vcenter_address (vcenter_id, address, last_run_ms) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET last_run_ms = excluded.last_run_ms
                """, arguments: [entry.id, reached.address.storable, now])
    }

    /// The vCenter that was reached last at this address.
    private func lastAt(_ db: Database) throws -> Entry? {
        try Self.entry(
            where: """
                id = (
                    SELECT vcenter_id FROM vcenter_address WHERE address = \(reached.address.storable)
                    ORDER BY last_run_ms DESC, vcenter_id DESC LIMIT 1
                )
                """, db)
    }

    private func add(_ db: Database) throws -> Entry {
        try db.execute(
            sql: "INSERT INTO vcenter (name, is_name_given, instance_uuid) VALUES (?, ?, ?)",
            arguments: [name, reached.isNameGiven, uuid])
        return Entry(
            id: db.lastInsertedRowID, name: name, isNameGiven: reached.isNameGiven, instanceUUID: uuid)
    }

    static func entry(named name: String, _ db: Database) throws -> Entry? { try entry(where: "name = \(name)", db) }

    static func entry(identifiedBy uuid: String, _ db: Database) throws -> Entry? {
        try entry(where: "instance_uuid = \(uuid)", db)
    }

    static func entry(ofRow id: Int64, _ db: Database) throws -> Entry? { try entry(where: "id = \(id)", db) }

    private static func entry(where condition: SQL, _ db: Database) throws -> Entry? {
        try db.firstRow(of: "SELECT id, name, is_name_given, instance_uuid FROM vcenter WHERE \(condition)") {
            Entry(
                id: try $0.id(0), name: try $0.text(1), isNameGiven: try $0.flag(2),
                instanceUUID: try $0.textOrNull(3))
        }
    }

    /// Has the identity of every VM of a vCenter requested again, over as many runs as that takes.
    static func forgetIdentities(ofVMsIn vCenter: Int64, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE virtual_machine SET is_identified = 0 WHERE vcenter_id = ? AND is_current = 1",
            arguments: [vCenter])
    }
}

extension HistoryError {
    fileprivate static func otherVCenter(
        _ reached: ReachedVCenter, uuid: String, known: String, as other: String?
    ) -> HistoryError {
        let found = other.map { "the one that this history calls \($0)" } ?? "one that this history does not know"
        let name = reached.name
        return HistoryError(
            .otherVCenter,
            "\(name): the vCenter at \(reached.address) is not the one recorded under this name but \(found) (instance UUID \(uuid), not \(known)); no login was tried. If the address is wrong, correct it; if the vCenter was rebuilt or replaced, rename the old one with `\(ProgramName.called) vcenter rename \(name) \(name)-old`"
                + (other == nil ? "" : ", or give this one its own name")
        )
    }
}
