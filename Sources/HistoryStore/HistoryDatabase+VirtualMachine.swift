import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The VMs that a text may mean: those that this managed object id means now, else with this instance UUID, else of this name, else
    /// formerly of this name; ordered by vCenter and managed object id.
    ///
    /// - Parameter vCenters: Names of the vCenters to look in; all of them if it is empty.
    public func virtualMachines(called text: String, vCenters: [String] = []) throws -> [KnownVirtualMachine] {
        let filter = ReportFilter(vCenters: vCenters)
        let text = text.storable
        let meanings: [SQL] = [
            "v.moid = \(text) AND v.is_current = 1", "lower(v.instance_uuid) = lower(\(text))", "v.name = \(text)",
            "v.id IN (SELECT vm_id FROM virtual_machine_name WHERE name = \(text))",
        ]
        return try read("look for a VM in") { db in
            for meaning in meanings {
                let request: SQLRequest<Row> = """
                    SELECT c.name, v.moid, v.name, v.instance_uuid, v.id IN (SELECT vm_id FROM listed_virtual_machine)
                    FROM virtual_machine AS v JOIN vcenter AS c ON c.id = v.vcenter_id
                    WHERE \(meaning) AND \(filter.vCenterCondition) ORDER BY 1, 2, v.is_current DESC, v.id
                    """
                let rows = try request.fetchAll(db)
                if !rows.isEmpty {
                    return rows.map {
                        KnownVirtualMachine(
                            vCenter: $0[0], vm: $0[1], name: $0[2], instanceUUID: $0[3], isListed: $0[4])
                    }
                }
            }
            return []
        }
    }

    /// All that is recorded of a VM, with its latest `limit` customizations.
    public func history(of machine: KnownVirtualMachine, limit: Int) throws -> VirtualMachineHistory {
        try read("read the history of a VM in") { db in
            let id: SQLRequest<Int64> = """
                SELECT v.id FROM virtual_machine AS v JOIN vcenter AS c ON c.id = v.vcenter_id
                WHERE c.name = \(machine.vCenter) AND v.moid = \(machine.vm) AND v.instance_uuid IS \(machine.instanceUUID)
                """
            guard let id = try id.fetchOne(db) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a VM that was there is gone")
            }
            let customizations = try Self.customizations(of: id, limit: limit, db)
            let count: SQLRequest<Int> = """
                SELECT count(*) FROM customization AS u
                JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id WHERE m.vm_id = \(id)
                """
            let others: SQLRequest<String> = """
                SELECT o.moid FROM virtual_machine AS v
                JOIN virtual_machine AS o ON o.instance_uuid = v.instance_uuid AND o.vcenter_id = v.vcenter_id AND o.id <> v.id
                WHERE v.id = \(id) ORDER BY o.id
                """
            let namesakes: SQLRequest<Row> = """
                SELECT o.moid, o.name, o.instance_uuid FROM virtual_machine AS v
                JOIN virtual_machine AS o ON o.vcenter_id = v.vcenter_id AND o.moid = v.moid AND o.id <> v.id
                WHERE v.id = \(id) ORDER BY o.id
                """
            return VirtualMachineHistory(
                machine: machine, names: try Self.names(of: id, db),
                latestPolls: try Endpoint.allCases.compactMap { try Self.latestPoll(of: id, $0, db) },
                customizations: customizations,
                earlierCustomizations: (try count.fetchOne(db) ?? 0) - customizations.count,
                otherRegistrations: try others.fetchAll(db),
                othersOfItsID: try namesakes.fetchAll(db).map {
                    KnownVirtualMachine(vCenter: machine.vCenter, vm: $0[0], name: $0[1], instanceUUID: $0[2])
                })
        }
    }

    private static func names(of vm: Int64, _ db: Database) throws -> [VirtualMachineHistory.Name] {
        let request: SQLRequest<Row> =
            "SELECT name, first_seen_ms FROM virtual_machine_name WHERE vm_id = \(vm) ORDER BY id"
        return try request.fetchAll(db).map { VirtualMachineHistory.Name($0[0], firstSeenAt: $0[1]) }
    }

    private static func customizations(of vm: Int64, limit: Int, _ db: Database) throws -> [Customization] {
        let request: SQLRequest<Row> = """
            \(CustomizationReader.rows)
            WHERE u.virtual_machine_endpoint_id IN (SELECT id FROM virtual_machine_endpoint WHERE vm_id = \(vm))
            ORDER BY coalesce(u.start_ms, u.end_ms, u.first_polled_ms) DESC, u.id DESC LIMIT \(limit)
            """
        var latestFirst: [Customization] = []
        try CustomizationReader(of: "m.vm_id = \(vm)", db).forEach(request, db) { latestFirst.append($0) }
        return latestFirst.reversed()
    }

    /// Goes back from the latest run that listed the VM, one look into `poll` for each run, to the first that polled it. By the
    /// runs' order: our clock may have been wrong. The `+` have SQLite follow that order, and not an index.
    private static func latestPoll(of vm: Int64, _ endpoint: Endpoint, _ db: Database) throws -> RecordedPoll? {
        let request: SQLRequest<Row> = """
            SELECT r.started_ms + p.offset_ms, a.result, a.http_status, a.status, a.start_ms, a.end_ms, a.error_id, a.error_message
            FROM virtual_machine AS v
            CROSS JOIN collection_run AS r ON +r.vcenter_id = v.vcenter_id AND +r.endpoint_id = \(endpoint.storedID)
            CROSS JOIN poll AS p ON p.run_id = r.id AND p.vm_id = v.id
            CROSS JOIN answer AS a ON a.id = p.answer_id
            WHERE v.id = \(vm) AND r.id < coalesce((
                SELECT max(coalesce(l.gone_run_id, 9223372036854775807))
                FROM virtual_machine_endpoint AS m JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
                WHERE m.vm_id = v.id AND m.endpoint_id = r.endpoint_id
            ), 9223372036854775807)
            ORDER BY r.id DESC LIMIT 1
            """
        guard let row = try request.fetchOne(db) else { return nil }
        guard let result = Answer.Result(rawValue: row[1]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a poll of unknown result")
        }
        return RecordedPoll(
            endpoint: endpoint, polledAt: row[0], result: result, httpStatus: row[2],
            status: (row[3] as String?).map(CustomizationStatus.init), startTime: row[4], endTime: row[5],
            errorID: row[6], errorMessage: row[7])
    }
}
