import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The VMs that a text may mean: those that have this managed object id now, else this instance UUID, else this name, else had
    /// this name before; ordered by vCenter and managed object id.
    ///
    /// - Parameter vCenters: Names of the vCenters to look in; all of them if it is empty.
    package func virtualMachines(called text: String, vCenters: [String] = []) throws -> [KnownVirtualMachine] {
        let filter = ReportFilter(vCenters: vCenters)
        let names = InventoryName.meanings(of: text).map(\.storable)
        let text = text.storable
        let meanings: [SQL] = [
            "v.moid = \(text) AND v.is_current = 1", "lower(v.instance_uuid) = lower(\(text))",
            "v.shown_name IN \(names)",
            "v.id IN (SELECT vm_id FROM virtual_machine_name WHERE shown_name IN \(names))",
        ]
        return try read("look for a VM in") { db in
            for meaning in meanings {
                let query: SQL = """
                    SELECT c.name, v.moid, v.shown_name, v.instance_uuid, v.id IN (SELECT vm_id FROM listed_virtual_machine)
                    FROM virtual_machine AS v LEFT JOIN vcenter AS c ON c.id = v.vcenter_id
                    WHERE (\(meaning)) AND (c.id IS NULL OR \(filter.vCenterCondition)) ORDER BY 1, 2, v.is_current DESC, v.id
                    """
                let machines = try db.rows(of: query) {
                    KnownVirtualMachine(
                        vCenter: try $0.text(0), vm: try $0.text(1), name: try $0.text(2),
                        instanceUUID: try $0.textOrNull(3), isListed: try $0.flag(4))
                }
                if !machines.isEmpty { return machines }
            }
            return []
        }
    }

    /// Everything recorded about a VM, with its latest `limit` customizations.
    package func history(of machine: KnownVirtualMachine, limit: Int) throws -> VirtualMachineHistory {
        try read("read the history of a VM in") { db in
            let id = try Self.row(of: machine, db)
            let customizations = try Self.customizations(of: id, limit: limit, db)
            let count: SQL = """
                SELECT count(*) FROM customization AS u
                JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id WHERE m.vm_id = \(id) AND u.same_as IS NULL
                """
            let others: SQL = """
                SELECT o.moid FROM virtual_machine AS v
                JOIN virtual_machine AS o ON o.instance_uuid = v.instance_uuid AND o.vcenter_id = v.vcenter_id AND o.id <> v.id
                WHERE v.id = \(id) ORDER BY o.id
                """
            let namesakes: SQL = """
                SELECT o.moid, o.shown_name, o.instance_uuid FROM virtual_machine AS v
                JOIN virtual_machine AS o ON o.vcenter_id = v.vcenter_id AND o.moid = v.moid AND o.id <> v.id
                WHERE v.id = \(id) ORDER BY o.id
                """
            var history = VirtualMachineHistory(
                machine: machine, names: try Self.names(of: id, db),
                latestPolls: try Endpoint.polled.compactMap { try Self.latestPoll(of: id, $0, db) },
                customizations: customizations,
                earlierCustomizations: max(0, try db.count(count) - customizations.count),
                otherRegistrations: try db.rows(of: others) { try $0.text(0) },
                othersOfItsID: try db.rows(of: namesakes) {
                    KnownVirtualMachine(
                        vCenter: machine.vCenter, vm: try $0.text(0), name: try $0.text(1),
                        instanceUUID: try $0.textOrNull(2))
                })
            history.pruned = try PrunedPolls.latest(of: id, db)
            return history
        }
    }

    /// Row of `virtual_machine`.
    static func row(of machine: KnownVirtualMachine, _ db: Database) throws -> Int64 {
        let query: SQL = """
            SELECT v.id FROM virtual_machine AS v JOIN vcenter AS c ON c.id = v.vcenter_id
            WHERE c.name = \(machine.vCenter) AND v.moid = \(machine.vm) AND v.instance_uuid IS \(machine.instanceUUID)
            """
        guard let id = try db.firstRow(of: query, { try $0.id(0) }) else {
            throw StoredValueFault(complaint: "no longer names a VM that existed before")
        }
        return id
    }

    private static func names(of vm: Int64, _ db: Database) throws -> [VirtualMachineHistory.Name] {
        let names = try db.rows(
            of: "SELECT shown_name, first_seen_ms FROM virtual_machine_name WHERE vm_id = \(vm) ORDER BY id"
        ) { VirtualMachineHistory.Name(try $0.text(0), firstSeenAt: try $0.timestamp(1)) }
        // Another spelling by the server of the same name is the same name to people.
        return names.reduce(into: []) { names, name in
            if names.last?.name != name.name { names.append(name) }
        }
    }

    private static func customizations(of vm: Int64, limit: Int, _ db: Database) throws -> [Customization] {
        let condition: SQL = """
            WHERE u.virtual_machine_endpoint_id IN (SELECT id FROM virtual_machine_endpoint WHERE vm_id = \(vm)) AND u.same_as IS NULL
            ORDER BY coalesce(u.start_ms, u.end_ms, u.first_polled_ms) DESC, u.id DESC LIMIT \(limit)
            """
        let ids = try db.rows(of: "SELECT u.id FROM customization AS u \(condition)") { try $0.id(0) }
        let told = try EventDetails.read(of: vm, db)
        var latestFirst: [Customization] = []
        try CustomizationReader(of: "m.vm_id = \(vm)", db).forEach("\(CustomizationReader.rows) \(condition)", db) {
            latestFirst.append($0)
        }
        for (index, id) in zip(latestFirst.indices, ids) { latestFirst[index].told = told[id] }
        return latestFirst.reversed()
    }

    private static func latestPoll(of vm: Int64, _ endpoint: Endpoint, _ db: Database) throws -> RecordedPoll? {
        let query: SQL = """
            SELECT p.run_id, m.endpoint_id, p.polled_ms, \(RecordedPoll.answerColumns)
            FROM virtual_machine_endpoint AS m
            JOIN latest_answer AS l ON l.virtual_machine_endpoint_id = m.id
            JOIN latest_poll AS p ON p.virtual_machine_endpoint_id = m.id
            LEFT JOIN answer AS a ON a.id = l.answer_id
            WHERE m.vm_id = \(vm) AND m.endpoint_id = \(endpoint.storedID)
            """
        return try db.firstRow(of: query) { try RecordedPoll($0) }
    }
}
