import GRDB
import GuestCustomization

/// Appends events to a run.
struct EventWriter {
    let run: OpenRun
    let generation: Int64

    /// Whether an event was recorded before, by whatever run and with whatever content.
    static func isRecorded(_ event: CustomizationEvent, on vCenterID: Int64, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: recordedQuery(hasVM: event.vm?.id != nil))
        let info = Answer(event).info
        statement.bind([
            .integer(vCenterID), .integer(event.key), .text(event.type.rawValue.storable),
            .instant(info?.startTime ?? info?.endTime), .text(event.vm?.id?.storable),
        ])
        return try statement.firstRow(db) { _ in true } ?? false
    }

    /// Finds a recorded event by vCenter, key, type, instant and VM. It goes by the VM's events: SQLite by itself would go by the vCenter's
    /// runs, and so read all of its events for each new one.
    static func recordedQuery(hasVM: Bool) -> String {
        let ofVM = """
            e.virtual_machine_endpoint_id IN (
                SELECT m.id FROM virtual_machine AS v JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id
                WHERE v.vcenter_id = ?1 AND v.moid = ?5
            )
            """
        return """
            SELECT 1 FROM event AS e
            CROSS JOIN answer AS a ON a.id = e.answer_id
            CROSS JOIN collection_run AS r ON r.id = e.run_id
            WHERE e.event_key = ?2 AND a.status = ?3 AND ifnull(a.start_ms, a.end_ms) IS ?4 AND r.vcenter_id = ?1
                AND \(hasVM ? ofVM : "e.virtual_machine_endpoint_id IS NULL AND ?5 IS NULL") LIMIT 1
            """
    }

    /// Appends events. The last statement that changes something updates the run, if it is still open.
    func append(_ events: [CustomizationEvent], _ db: Database) throws {
        var answers = AnswerRegister()
        var vms: [String: Int64] = [:]
        for event in events {
            var row: Int64?
            if let vm = event.vm?.id {
                row = try vms[vm] ?? virtualMachine(vm, named: event.vm?.name, db)
                vms[vm] = row
            }
            var poll = Poll(vm: event.vm?.id ?? "", polledAt: run.startedAt, answer: Answer(event))
            let answer = try answers.row(of: &poll, expected: nil, db)
            try db.cachedStatement(
                sql: """
                    INSERT INTO event (run_id, virtual_machine_endpoint_id, event_key, generation, answer_id) VALUES (?, ?, ?, ?, ?)
                    """
            ).run(
                [
                    .integer(run.id.rawValue), .integer(row), .integer(event.key), .integer(generation),
                    .integer(answer.id),
                ], db)
        }
        try db.cachedStatement(
            sql: "UPDATE collection_run SET events = events + ? WHERE id = ? AND outcome = 'running'"
        ).run([.integer(Int64(events.count)), .integer(run.id.rawValue)], db)
    }

    /// The row of `virtual_machine_endpoint` of a VM. One that no list has shown is called as its first event calls it.
    private func virtualMachine(_ moid: String, named name: InventoryName?, _ db: Database) throws -> Int64 {
        let position = try run.position(of: moid, db)
        let vm = run.tracked[position]
        guard let name, !name.raw.isEmpty else { return vm.id }
        let isNamed = try db.hasRow("SELECT 1 FROM virtual_machine_name WHERE vm_id = \(vm.vmID)")
        if !isNamed { try ListingWriter.record(name, of: vm.vmID, at: run.startedAt, db) }
        return vm.id
    }
}

extension Answer {
    /// What an event tells, as the answer of a poll would.
    fileprivate init(_ event: CustomizationEvent) {
        let outcome = event.type.outcome
        let isEnd = outcome?.isFinished == true
        let message = LocalizableMessage(
            id: event.reason ?? event.type.rawValue, defaultMessage: event.message ?? "")
        self.init(
            result: .reported, httpStatus: 200,
            info: CustomizationInfo(
                status: CustomizationStatus(rawValue: event.type.rawValue), startTime: isEnd ? nil : event.createdAt,
                endTime: isEnd ? event.createdAt : nil, error: outcome == .failed ? .message(message) : nil),
            body: event.json)
    }
}
