import GRDB
import GuestCustomization

/// Which VM each managed object id of a vCenter means. A VM is identified by vCenter, managed object id and instance UUID.
///
/// If the instance UUID cannot be determined, a VM is identified by its managed object id alone.
struct VirtualMachineIdentities {
    let vCenterID: Int64

    /// How many identities a run requests before it polls; later runs request the others.
    static let maximumRequests = 1000

    /// Listed ids that may now belong to a different VM than the recorded one: the VM has a new name, was not listed for a while, or
    /// its identity has to be requested again.
    func inDoubt(_ list: VirtualMachineList, _ db: Database) throws -> Set<String> {
        var renamed: [String] = []
        var others: [String] = []
        var names: [String: String] = [:]
        for vm in list.virtualMachines { names[vm.id.storable] = vm.name.raw.storable }
        func judge(_ row: StatementColumns) throws {
            let moid = try row.text(0)
            guard let name = names[moid] else { return }
            if try row.text(1) != name {
                renamed.append(moid)
            } else if try row.flag(2) {
                others.append(moid)
            }
        }
        if names.count >= ListingWriter.manyVMs {
            let statement = try db.cachedStatement(sql: Self.known)
            try statement.setArguments([vCenterID])
            try statement.forEachRow(db, judge)
        } else {
            let statement = try db.cachedStatement(sql: Self.known + " AND moid = ?")
            for moid in names.keys {
                try statement.setArguments([vCenterID, moid])
                try statement.forEachRow(db, judge)
            }
        }
        // A new name is the strongest sign, so those come first.
        return Set((renamed + others).prefix(Self.maximumRequests))
    }

    /// VMs whose identity was requested before: id, name, and whether to request it again although the name is the same.
    private static let known = """
        SELECT moid, name, is_identified = 0 OR EXISTS (
                SELECT 1 FROM virtual_machine_endpoint AS m
                JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id WHERE m.vm_id = v.id
            ) AND NOT EXISTS (
                SELECT 1 FROM virtual_machine_endpoint AS m
                JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
                WHERE m.vm_id = v.id AND l.gone_run_id IS NULL
            )
        FROM virtual_machine AS v
        WHERE vcenter_id = ? AND is_current = 1 AND (instance_uuid IS NOT NULL OR is_identified = 1)
        """

    /// Listed ids of VMs whose instance UUID was never requested.
    func unidentified(among list: VirtualMachineList, _ db: Database) throws -> Set<String> {
        let ids = try Set(
            db.rows(
                of: """
                    SELECT moid FROM virtual_machine
                    WHERE vcenter_id = \(vCenterID) AND is_current = 1 AND is_identified = 0 AND instance_uuid IS NULL
                    """
            ) { try $0.text(0) })
        return ids.isEmpty ? [] : ids.intersection(list.virtualMachines.map(\.id))
    }

    /// Records which VM a managed object id means now, according to the vCenter.
    ///
    /// - Returns: Whether that is a different VM than the one recorded under it before.
    func record(_ identity: VirtualMachineIdentity, _ db: Database) throws -> Bool {
        let moid = identity.vm.storable
        let known = try db.firstRow(
            of: """
                SELECT id, instance_uuid FROM virtual_machine
                WHERE vcenter_id = \(vCenterID) AND moid = \(moid) AND is_current = 1
                """
        ) { (id: try $0.id(0), uuid: try $0.textOrNull(1)) }
        guard let (id, knownUUID) = known else { return false }
        guard let uuid = identity.instanceUUID?.storable.lowercased(), uuid != knownUUID else {
            try setIdentified(id, db)
            return false
        }
        let other = try db.firstRow(
            of: """
                SELECT id FROM virtual_machine
                WHERE vcenter_id = \(vCenterID) AND moid = \(moid) AND instance_uuid = \(uuid)
                """
        ) { try $0.id(0) }
        if knownUUID == nil, other == nil {
            try db.cachedStatement(sql: "UPDATE virtual_machine SET instance_uuid = ? WHERE id = ?")
                .execute(arguments: [uuid, id])
            try setIdentified(id, db)
            return false
        }
        try db.cachedStatement(sql: "UPDATE virtual_machine SET is_current = 0 WHERE id = ?").execute(arguments: [id])
        if let other {
            try db.cachedStatement(sql: "UPDATE virtual_machine SET is_current = 1, is_identified = 1 WHERE id = ?")
                .execute(arguments: [other])
        } else {
            try db.cachedStatement(
                sql: """
                    INSERT INTO virtual_machine (vcenter_id, moid, name, shown_name, instance_uuid, is_identified)
                    VALUES (?1, ?2, ?2, ?2, ?3, 1)
                    """
            ).execute(arguments: [vCenterID, moid, uuid])
        }
        return true
    }

    /// Has the identity of a VM requested again, because the request was not answered.
    func setUnidentified(_ moid: String, _ db: Database) throws {
        try db.cachedStatement(
            sql: "UPDATE virtual_machine SET is_identified = 0 WHERE vcenter_id = ? AND moid = ? AND is_current = 1"
        ).execute(arguments: [vCenterID, moid.storable])
    }

    /// Makes each managed object id mean the VM that was last listed under it, after VMs of two vCenters or histories were put together.
    func settle(_ db: Database) throws {
        var latest: [String: Int64] = [:]
        try db.forEachRow(
            of: """
                SELECT v.moid, v.id, max(l.first_run_id) FROM virtual_machine AS v
                JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id
                JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
                WHERE v.vcenter_id = \(vCenterID) AND v.moid IN (
                    SELECT moid FROM virtual_machine WHERE vcenter_id = \(vCenterID) GROUP BY moid HAVING count(*) > 1
                )
                GROUP BY v.id ORDER BY 3
                """
        ) { latest[try $0.text(0)] = try $0.id(1) }
        for (moid, id) in latest {
            try db.execute(
                sql: "UPDATE virtual_machine SET is_current = 0 WHERE vcenter_id = ? AND moid = ?",
                arguments: [vCenterID, moid])
            try db.execute(sql: "UPDATE virtual_machine SET is_current = 1 WHERE id = ?", arguments: [id])
        }
        try db.execute(
            sql: """
                UPDATE virtual_machine SET is_current = 1 WHERE id IN (
                    SELECT max(id) FROM virtual_machine WHERE vcenter_id = ? GROUP BY moid HAVING max(is_current) = 0
                )
                """, arguments: [vCenterID])
    }

    private func setIdentified(_ id: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE virtual_machine SET is_identified = 1 WHERE id = ? AND is_identified = 0")
            .execute(arguments: [id])
    }
}
