import GRDB
import GuestCustomization

/// Reads and writes where the channels of notifications stand.
enum NotificationTables {
    /// `nil` if the channel was never used.
    static func state(of channel: String, _ db: Database) throws -> NotificationState? {
        let row = try db.firstRow(of: "SELECT id, delivered_ms FROM notification_channel WHERE name = \(channel)") {
            (id: try $0.id(0), deliveredAt: try $0.timestamp(1))
        }
        guard let row else { return nil }
        var events = KnownEvents()
        try db.forEachRow(
            of: """
                SELECT kind, vm_id, endpoint_id, first_polled_ms, start_ms, end_ms FROM notification_event
                WHERE channel_id = \(row.id)
                """
        ) {
            events.insert(
                NotificationEvent(
                    kind: try $0.word(0), vm: VirtualMachineRow(rawValue: try $0.id(1)), endpoint: try $0.endpoint(2),
                    firstPolledAt: try $0.timestamp(3), startTime: try $0.timestampOrNull(4),
                    endTime: try $0.timestampOrNull(5)))
        }
        return NotificationState(
            events: events, problems: try problems(of: row.id, db), deliveredAt: row.deliveredAt)
    }

    /// Adds what else tells of the customizations that did not succeed.
    static func addTwins(to facts: inout NotificationFacts, _ db: Database) throws {
        try db.forEachRow(
            of: """
                SELECT m.vm_id, m.endpoint_id, u.first_polled_ms, n.vm_id, n.endpoint_id, o.first_polled_ms,
                    o.start_ms, o.end_ms
                FROM customization AS o JOIN customization AS u ON u.id = o.same_as
                JOIN virtual_machine_endpoint AS m ON m.id = u.virtual_machine_endpoint_id
                JOIN virtual_machine_endpoint AS n ON n.id = o.virtual_machine_endpoint_id
                WHERE o.same_as IS NOT NULL AND u.outcome <> 'succeeded'
                """
        ) { row in
            func key(_ index: CInt) throws -> NotificationFacts.CustomizationKey {
                .init(
                    vm: VirtualMachineRow(rawValue: try row.id(index)), endpoint: try row.endpoint(index + 1),
                    firstPolledAt: try row.timestamp(index + 2))
            }
            facts.addTwin(
                try key(3), startTime: try row.timestampOrNull(6), endTime: try row.timestampOrNull(7), of: try key(0))
        }
    }

    private static func problems(of channel: Int64, _ db: Database) throws -> [LastingProblem] {
        let query: SQL = """
            SELECT p.kind, p.vm_id, p.vcenter_id, p.since_ms, p.told_ms, p.is_told, c.name, v.moid, v.instance_uuid,
                v.shown_name, v.id IN (SELECT vm_id FROM listed_virtual_machine)
            FROM notification_problem AS p
            LEFT JOIN virtual_machine AS v ON v.id = p.vm_id
            LEFT JOIN vcenter AS c ON c.id = ifnull(p.vcenter_id, v.vcenter_id)
            WHERE p.channel_id = \(channel) ORDER BY p.id
            """
        return try db.rows(of: query) { row in
            let vCenter = try row.text(6)
            let (subject, vm): (LastingProblem.Subject, CustomizedVM?)
            if let id = try row.idOrNull(1) {
                let number = VirtualMachineRow(rawValue: id)
                subject = row.isText(0, "stuck") ? .stuck(number) : .failing(number)
                vm = CustomizedVM(
                    vCenter: vCenter, id: try row.text(7), instanceUUID: try row.textOrNull(8), name: try row.text(9),
                    isListed: try row.flag(10), row: number)
            } else {
                (subject, vm) = (.notPolled(VCenterRow(rawValue: try row.id(2))), nil)
            }
            return LastingProblem(
                subject: subject, vm: vm, vCenter: vCenter, since: try row.timestamp(3), toldAt: try row.timestamp(4),
                isTold: try row.flag(5))
        }
    }

    static func write(_ plan: NotificationPlan, channel: String, _ db: Database) throws {
        let now = plan.notification.generatedAt
        try db.execute(
            sql: """
                INSERT INTO notification_channel (name, begun_ms, delivered_ms) VALUES (?1, ?2, ?2)
                ON CONFLICT (name) DO UPDATE SET delivered_ms = excluded.delivered_ms
                """, arguments: [channel, now])
        let id = try db.firstRow(of: "SELECT id FROM notification_channel WHERE name = \(channel)") { try $0.id(0) }
        guard let id else { throw StoredValueFault(complaint: "is missing although it was just written") }
        let event = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO notification_event
                    (channel_id, vm_id, endpoint_id, kind, first_polled_ms, start_ms, end_ms)
                SELECT ?, v.id, ?, ?, ?, ?, ? FROM virtual_machine AS v WHERE v.id = ?
                """)
        for told in plan.events {
            try event.execute(arguments: [
                id, told.endpoint.storedID, told.kind.rawValue, told.firstPolledAt, told.startTime, told.endTime,
                told.vm.rawValue,
            ])
        }
        try db.execute(sql: "DELETE FROM notification_problem WHERE channel_id = ?", arguments: [id])
        // A VM or a vCenter may have been merged into another one since it was read.
        let problem = try db.cachedStatement(
            sql: """
                INSERT INTO notification_problem (channel_id, kind, vm_id, vcenter_id, since_ms, told_ms, is_told)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
                WHERE EXISTS (SELECT 1 FROM virtual_machine WHERE id = ?3) OR EXISTS (SELECT 1 FROM vcenter WHERE id = ?4)
                """)
        for lasting in plan.problems {
            let (kind, vm, vCenter) = lasting.subject.stored
            try problem.execute(arguments: [
                id, kind, vm, vCenter, lasting.since, lasting.toldAt, lasting.isTold,
            ])
        }
    }

    /// Makes what is known of one VM known of another, which it is found to be.
    static func join(_ source: Int64, with target: Int64, _ db: Database) throws {
        for table in ["notification_event", "notification_problem"] {
            try db.execute(
                sql: "UPDATE OR IGNORE \(table) SET vm_id = ? WHERE vm_id = ?", arguments: [target, source])
            try db.execute(sql: "DELETE FROM \(table) WHERE vm_id = ?", arguments: [source])
        }
    }

    /// Forgets that a vCenter is not polled, because its row is removed.
    static func forget(vCenter: Int64, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM notification_problem WHERE vcenter_id = ?", arguments: [vCenter])
    }
}

extension LastingProblem.Subject {
    /// The columns `kind`, `vm_id` and `vcenter_id`.
    fileprivate var stored: (kind: String, vm: Int64?, vCenter: Int64?) {
        switch self {
        case .failing(let vm): ("failing", vm.rawValue, nil)
        case .stuck(let vm): ("stuck", vm.rawValue, nil)
        case .notPolled(let vCenter): ("not_polled", nil, vCenter.rawValue)
        }
    }
}
