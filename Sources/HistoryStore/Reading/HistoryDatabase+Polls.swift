import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The latest `limit` polls of a VM in a window.
    ///
    /// - Parameter includingBodies: Whether to read the answers' bodies too.
    /// - Throws: `HistoryError`.
    package func polls(
        of machine: KnownVirtualMachine, since: Timestamp?, limit: Int, includingBodies: Bool
    ) throws -> VirtualMachinePolls {
        try read("read the polls of a VM in") { db in
            let id = try Self.row(of: machine, db)
            let lastPruned = try Baseline.current(db)?.lastRun ?? 0
            // Goes back run by run, with one lookup in poll_block for each, until there are enough. The + keeps SQLite from using an index,
            // in whose order the runs would have to be sorted.
            let query: SQL = """
                SELECT r.id, r.endpoint_id, p.polled_ms, \(RecordedPoll.answerColumns)
                FROM virtual_machine AS v
                CROSS JOIN collection_run AS r ON +r.vcenter_id = v.vcenter_id
                CROSS JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id AND m.endpoint_id = r.endpoint_id
                CROSS JOIN poll AS p ON p.run_id = r.id AND p.virtual_machine_endpoint_id = m.id
                LEFT JOIN answer AS a ON a.id = p.answer_id
                WHERE v.id = \(id) AND r.id > \(lastPruned) AND (\(since) IS NULL OR p.polled_ms >= \(since))
                ORDER BY r.id DESC LIMIT \(limit + 1)
                """
            var latestFirst = try db.rows(of: query) { try RecordedPoll($0) }
            let hasEarlier = latestFirst.count > limit
            if hasEarlier { latestFirst.removeLast() }
            var bodies: [RecordedPoll.AnswerID: [UInt8]] = [:]
            if includingBodies {
                for answer in Set(latestFirst.map(\.answer)) {
                    bodies[answer] =
                        try db.firstRow(of: "SELECT raw FROM answer WHERE id = \(answer.rawValue)") {
                            try $0.bodyOrNull(0).map { Array($0) }
                        } ?? nil
                }
            }
            return VirtualMachinePolls(polls: latestFirst.reversed(), hasEarlier: hasEarlier, bodies: bodies)
        }
    }
}

extension RecordedPoll {
    /// The columns of `answer AS a` that `init` reads after the run, the endpoint and the instant.
    static let answerColumns: SQL = """
        a.id, a.result, a.http_status, a.status, a.start_ms, a.end_ms, a.error_id, a.error_message, a.is_answer
        """

    init(_ row: StatementColumns) throws {
        self.init(
            run: CollectionRunID(rawValue: try row.id(0)), answer: AnswerID(rawValue: try row.id(3)),
            endpoint: try row.endpoint(1), polledAt: try row.timestamp(2), result: try row.word(4),
            httpStatus: try row.httpStatusOrNull(5),
            status: try row.textOrNull(6).map(CustomizationStatus.init(rawValue:)),
            startTime: try row.timestampOrNull(7), endTime: try row.timestampOrNull(8),
            errorID: try row.textOrNull(9), errorMessage: try row.textOrNull(10), isAnswer: try row.flag(11))
    }
}
