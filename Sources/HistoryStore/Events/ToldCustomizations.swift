import GRDB
import GuestCustomization

/// The customizations of one VM as its recorded events tell of them.
struct ToldCustomizations {
    /// In the order in which they opened.
    private(set) var rows: [EventCustomizationRow] = []

    private struct Stored {
        var row: Int64
        var answerID: Int64
        /// When the event was created, else when it was read.
        var instant: Timestamp
    }

    init(of vm: Int64, _ db: Database) throws {
        var generations: [Int64: [CustomizationEvent]] = [:]
        var stored: [CustomizationEvent.ID: Stored] = [:]
        var row: Int64 = 0
        let statement = try db.cachedStatement(sql: Self.query)
        statement.bind([.integer(vm), .integer(Endpoint.events.storedID)])
        try statement.forEachRow(db) { columns in
            let event = CustomizationEvent(
                key: try columns.integer(2, in: .min...(.max), ""),
                type: CustomizationEventType(rawValue: try columns.text(4)),
                createdAt: try columns.timestampOrNull(5), vm: EventVirtualMachine(id: "", name: nil))
            row = try columns.id(1)
            generations[Int64(try columns.count(3)), default: []].append(event)
            guard stored[event.id] == nil else { return }
            stored[event.id] = Stored(
                row: try columns.id(0), answerID: try columns.id(6),
                instant: try event.createdAt ?? columns.timestamp(7))
        }
        guard !stored.isEmpty else { return }
        let found = EventPairing.customizations(of: generations.keys.sorted().map { generations[$0] ?? [] })
        let vmState = try State(of: vm, db)
        for customization in found {
            let (start, end) = (
                customization.started.flatMap { stored[$0] }, customization.ended.flatMap { stored[$0] }
            )
            guard let first = start ?? end, let last = end ?? start else { continue }
            var outcome = customization.outcome
            if outcome == .running, vmState.isGone(since: first.instant) { outcome = .lost }
            rows.append(
                EventCustomizationRow(
                    vme: row, event: first.row, outcome: outcome, start: customization.startTime,
                    end: customization.endTime, first: first.instant,
                    ended: outcome.isFinished ? last.instant : nil,
                    last: outcome == .running ? max(vmState.readAt ?? last.instant, last.instant) : last.instant,
                    answerID: last.answerID))
        }
    }

    private static let query = """
        SELECT e.id, m.id, e.event_key, e.generation, a.status, ifnull(a.start_ms, a.end_ms), e.answer_id, r.started_ms
        FROM virtual_machine_endpoint AS m
        JOIN event AS e ON e.virtual_machine_endpoint_id = m.id
        JOIN collection_run AS r ON r.id = e.run_id AND r.outcome <> 'running'
        JOIN answer AS a ON a.id = e.answer_id
        WHERE m.vm_id = ? AND m.endpoint_id = ? ORDER BY e.id
        """

    /// What is known of the VM apart from its events.
    private struct State {
        /// When the vCenter's events were last read.
        var readAt: Timestamp?
        private var isListed = false
        private var wasListed = false
        /// When the vCenter last listed all its VMs; `nil` if it ever listed this one, as it takes reading all runs.
        private var latestListing: Timestamp?

        init(of vm: Int64, _ db: Database) throws {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT (SELECT read_ms FROM event_reading WHERE vcenter_id = v.vcenter_id), v.is_listed, v.was_listed,
                        iif(v.was_listed, NULL, (
                            SELECT max(listed_ms) FROM collection_run WHERE vcenter_id = v.vcenter_id AND is_whole = 1
                        ))
                    FROM (
                        SELECT v.vcenter_id, EXISTS (
                                SELECT 1 FROM virtual_machine_endpoint AS m JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
                                WHERE m.vm_id = v.id AND l.gone_run_id IS NULL
                            ) AS is_listed, EXISTS (
                                SELECT 1 FROM virtual_machine_endpoint AS m JOIN virtual_machine_listing AS l ON l.virtual_machine_endpoint_id = m.id
                                WHERE m.vm_id = v.id
                            ) AS was_listed
                        FROM virtual_machine AS v WHERE v.id = ?
                    ) AS v
                    """)
            statement.bind([.integer(vm)])
            let state = try statement.firstRow(db) {
                (try $0.timestampOrNull(0), try $0.flag(1), try $0.flag(2), try $0.timestampOrNull(3))
            }
            if let state { (readAt, isListed, wasListed, latestListing) = state }
        }

        /// Whether the VM no longer exists, so that a customization which began at an instant has ended unseen. A VM that was never listed
        /// does not if a list of all VMs lacked it since.
        func isGone(since instant: Timestamp) -> Bool {
            !isListed && (wasListed || latestListing.map { $0 > instant } ?? false)
        }
    }
}
