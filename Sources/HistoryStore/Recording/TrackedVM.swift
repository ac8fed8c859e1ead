import Foundation
import GRDB
import GRDBSQLite
import GuestCustomization

/// What has to be known about one VM and endpoint to record its next poll.
struct TrackedVM {
    /// The customization that the latest definite answer was about.
    struct Current {
        var id: Int64
        var observed: ObservedCustomization
        /// The latest answer about it.
        var answerID: Int64
    }

    struct Latest {
        var answer: AnswerRegister.Row
        /// Whether it has a status.
        var isReport: Bool
    }

    let vmID: Int64
    /// Row of `virtual_machine_endpoint`.
    let id: Int64
    /// Whether this run has polled it.
    var isPolled = false
    /// Whether the latest regular run or this one polled it.
    var hasOpenSpan = false
    var latest: Latest?
    /// The latest poll before the latest answer that got a status.
    var lastReportedAt: Timestamp?
    var current: Current?

    init(vmID: Int64, id: Int64) {
        (self.vmID, self.id) = (vmID, id)
    }

    /// Whether an answer says anything that the previous one did not. If a VM comes back after it was gone, its answer counts as new, even
    /// if it equals the last one.
    func isNews(_ answerID: Int64) -> Bool {
        guard let latest, latest.answer.id == answerID else { return true }
        guard latest.isReport, let current else { return false }
        return !current.observed.isShown
    }

    /// Records that the latest answer is not given any more.
    mutating func endAnswer(after latest: LatestPolls) {
        guard current?.observed.isShown == true else { return }
        current?.observed.endAnswer(polls: latest.count, lastPolledAt: latest.lastAt)
    }

    /// Records that the vCenter no longer lists the VM, on which a customization was under way.
    mutating func lose(after latest: LatestPolls) {
        endAnswer(after: latest)
        current?.observed.leave()
    }
}

extension TrackedVM {
    private static let query = """
        SELECT v.id, v.moid, m.id, s.first_run_id, l.answer_id, l.last_reported_ms, l.customization_id, a.sha256, a.result, u.id, b.id,
            u.identity_basis, u.identity_value, u.outcome, u.start_ms, u.end_ms, u.end_first_polled_ms, u.first_polled_ms, u.last_polled_ms, u.polls
        FROM virtual_machine AS v
        LEFT JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id AND m.endpoint_id = ?
        LEFT JOIN poll_span AS s ON s.virtual_machine_endpoint_id = m.id AND s.last_run_id IS NULL
        LEFT JOIN latest_answer AS l ON l.virtual_machine_endpoint_id = m.id
        LEFT JOIN answer AS a ON a.id = l.answer_id
        LEFT JOIN customization AS u ON u.id = l.customization_id
        LEFT JOIN answer AS b ON b.id = u.answer_id
        WHERE v.vcenter_id = ? AND v.is_current = 1
        """

    /// Loads the VM as the last run left it; adds the rows that it does not have yet.
    init(
        moid: String, vCenterID: Int64, endpointID: Int64, _ db: Database
    ) throws {
        var found: TrackedVM?
        var knownID: Int64?
        let statement = try db.cachedStatement(sql: Self.query + " AND v.moid = ?")
        try statement.setArguments([endpointID, vCenterID, moid])
        try statement.forEachRow(db) { row in
            knownID = try row.id(0)
            found = try TrackedVM(row)
        }
        if let found {
            self = found
            return
        }
        if knownID == nil {
            try db.cachedStatement(
                sql: "INSERT INTO virtual_machine (vcenter_id, moid, name, shown_name) VALUES (?, ?, ?, ?)"
            )
            .execute(arguments: [vCenterID, moid, moid, moid])
        }
        let vmID = knownID ?? db.lastInsertedRowID
        self.init(vmID: vmID, id: try Self.insert(vmID, endpointID, db))
    }

    /// Loads every VM of a vCenter and endpoint that was polled or listed before: one statement for all costs a fraction
    /// of one for each.
    static func forEach(
        vCenterID: Int64, endpointID: Int64, _ db: Database, _ body: (_ moid: String, TrackedVM) -> Void
    ) throws {
        let statement = try db.cachedStatement(sql: query)
        try statement.setArguments([endpointID, vCenterID])
        try statement.forEachRow(db) { row in
            if let vm = try TrackedVM(row) { body(try row.text(1), vm) }
        }
    }

    /// Reads a row of `query`; `nil` for a VM that was not polled at the endpoint yet. A row that is referenced and missing reads as NULL.
    private init?(_ row: StatementColumns) throws {
        guard let id = try row.idOrNull(2) else { return nil }
        self.init(vmID: try row.id(0), id: id)
        hasOpenSpan = try row.idOrNull(3) != nil
        guard let answerID = try row.idOrNull(4) else { return }
        latest = Latest(
            answer: AnswerRegister.Row(id: answerID, digest: try row.digest(7)),
            isReport: try row.word(8, as: Answer.Result.self) == .reported)
        lastReportedAt = try row.timestampOrNull(5)
        guard try row.idOrNull(6) != nil else { return }
        current = Current(
            id: try row.id(9), observed: try ObservedCustomization(row, from: 11), answerID: try row.id(10))
    }

    private static func insert(_ vmID: Int64, _ endpointID: Int64, _ db: Database) throws -> Int64 {
        try db.cachedStatement(
            sql: "INSERT INTO virtual_machine_endpoint (vm_id, endpoint_id) VALUES (?, ?)"
        ).execute(arguments: [vmID, endpointID])
        return db.lastInsertedRowID
    }
}

extension ObservedCustomization {
    /// Reads the columns `identity_basis`, `identity_value`, `outcome`, `start_ms`, `end_ms`, `end_first_polled_ms`, `first_polled_ms`,
    /// `last_polled_ms` and `polls`, which begin at `index`.
    init(_ row: StatementColumns, from index: CInt) throws {
        self.init(
            identity: try row.identity(index), outcome: try row.word(index + 2),
            startTime: try row.timestampOrNull(index + 3), endTime: try row.timestampOrNull(index + 4),
            endFirstPolledAt: try row.timestampOrNull(index + 5), firstPolledAt: try row.timestamp(index + 6),
            lastPolledAt: try row.timestampOrNull(index + 7), polls: try row.count(index + 8))
    }
}

extension StatementColumns {
    /// Reads the columns `identity_basis` and `identity_value`, which begin at `index`.
    func identity(_ index: CInt) throws -> CustomizationIdentity {
        switch try text(index) {
        case "start_time": .startTime(try timestamp(index + 1))
        case "end_time": .endTime(try timestamp(index + 1))
        case "first_poll": .firstPoll(CollectionRunID(rawValue: try id(index + 1)))
        default: throw StoredValueFault(complaint: Self.unknownWord)
        }
    }
}

extension CustomizationIdentity {
    /// The columns `identity_basis` and `identity_value`.
    var stored: (basis: String, value: Int64) {
        switch self {
        case .startTime(let start): ("start_time", start.unixMilliseconds)
        case .endTime(let end): ("end_time", end.unixMilliseconds)
        case .firstPoll(let run): ("first_poll", run.rawValue)
        }
    }
}

/// Instants are columns of Unix milliseconds.
extension Timestamp: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { unixMilliseconds.databaseValue }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Int64.fromDatabaseValue(value).map(Timestamp.init(unixMilliseconds:))
    }
}
