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

    let vmID: Int64
    /// Row of `virtual_machine_endpoint`.
    let id: Int64
    var current: Current?
    /// The latest poll that got a status.
    var lastReportedAt: Timestamp?
    /// The latest answer that was definite: one about a customization or that there is none.
    var definiteAnswerID: Int64?
    var definiteAnswerDigest: AnswerDigest?

    /// Notes that the vCenter no longer lists the VM. If it comes back, its answer counts as new, even if it equals the last one.
    mutating func lose() {
        current?.observed.leave()
        definiteAnswerID = nil
        definiteAnswerDigest = nil
    }
}

extension TrackedVM {
    private static let query = """
        SELECT v.id, m.id, l.last_reported_ms, a.id, v.moid, l.polls, u.id, u.identity_basis, u.identity_value,
            u.outcome, u.start_ms, u.end_ms, u.end_first_polled_ms, u.first_polled_ms,
            a.sha256, l.customization_id
        FROM virtual_machine AS v
        LEFT JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id AND m.endpoint_id = ?
        LEFT JOIN last_report AS l ON l.virtual_machine_endpoint_id = m.id
        LEFT JOIN customization AS u ON u.id = l.customization_id
        LEFT JOIN answer AS a ON a.id = u.answer_id
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
            if let vm = try TrackedVM(row) { body(try row.text(4), vm) }
        }
    }

    /// Reads a row of `query`; `nil` for a VM that was not polled at the endpoint yet.
    private init?(_ row: StatementColumns) throws {
        guard let id = try row.idOrNull(1) else { return nil }
        self.init(vmID: try row.id(0), id: id)
        lastReportedAt = try row.timestampOrNull(2)
        guard let lastReportedAt, try row.idOrNull(15) != nil else { return }
        // NULL if the referenced row is missing.
        let (answerID, customizationID) = (try row.id(3), try row.id(6))
        definiteAnswerID = answerID
        definiteAnswerDigest = try row.digest(14)
        current = Current(
            id: customizationID,
            observed: try ObservedCustomization(
                row, from: 7, lastPolledAt: lastReportedAt, polls: row.count(5)),
            answerID: answerID)
        if current?.observed.outcome == .lost { lose() }
    }

    private static func insert(_ vmID: Int64, _ endpointID: Int64, _ db: Database) throws -> Int64 {
        try db.cachedStatement(
            sql: "INSERT INTO virtual_machine_endpoint (vm_id, endpoint_id) VALUES (?, ?)"
        ).execute(arguments: [vmID, endpointID])
        return db.lastInsertedRowID
    }
}

extension ObservedCustomization {
    /// Reads the columns `identity_basis`, `identity_value`, `outcome`, `start_ms`, `end_ms`, `end_first_polled_ms` and
    /// `first_polled_ms`, which begin at `index`.
    init(_ row: StatementColumns, from index: CInt, lastPolledAt: Timestamp, polls: Int) throws {
        self.init(
            identity: try row.identity(index), outcome: try row.word(index + 2),
            startTime: try row.timestampOrNull(index + 3), endTime: try row.timestampOrNull(index + 4),
            endFirstPolledAt: try row.timestampOrNull(index + 5), firstPolledAt: try row.timestamp(index + 6),
            lastPolledAt: lastPolledAt, polls: polls)
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
