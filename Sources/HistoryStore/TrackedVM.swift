import Foundation
import GRDB
import GuestCustomization

/// What has to be known of one VM and endpoint to record its next poll.
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
}

extension TrackedVM {
    /// Takes up the VM where the last run left it; adds the rows that it has not yet.
    init(moid: String, vCenterID: Int64, endpointID: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT v.id, m.id, m.last_reported_ms, a.id, a.sha256, m.polls, u.id, u.identity_basis, u.identity_value,
                        u.outcome, u.start_ms, u.end_ms, u.end_first_polled_ms, u.first_polled_ms
                    FROM virtual_machine AS v
                    LEFT JOIN virtual_machine_endpoint AS m ON m.vm_id = v.id AND m.endpoint_id = ?
                    LEFT JOIN customization AS u ON u.id = m.customization_id
                    LEFT JOIN answer AS a ON a.id = u.answer_id
                    WHERE v.vcenter_id = ? AND v.moid = ?
                    """), arguments: [endpointID, vCenterID, moid])
        guard let row, let vmID: Int64 = row[0] else {
            try db.cachedStatement(sql: "INSERT INTO virtual_machine (vcenter_id, moid, name) VALUES (?, ?, ?)")
                .execute(arguments: [vCenterID, moid, moid])
            let vmID = db.lastInsertedRowID
            self.init(vmID: vmID, id: try Self.insert(vmID, endpointID, db))
            return
        }
        guard let id: Int64 = row[1] else {
            self.init(vmID: vmID, id: try Self.insert(vmID, endpointID, db))
            return
        }
        self.init(vmID: vmID, id: id)
        lastReportedAt = row[2]
        guard let answerID: Int64 = row[3], let digest: Data = row[4], let lastReportedAt,
            let customizationID: Int64 = row[6]
        else { return }
        definiteAnswerID = answerID
        definiteAnswerDigest = AnswerDigest(digest)
        current = Current(
            id: customizationID,
            observed: try ObservedCustomization(row, from: 7, lastPolledAt: lastReportedAt, polls: row[5]),
            answerID: answerID)
    }

    private static func insert(_ vmID: Int64, _ endpointID: Int64, _ db: Database) throws -> Int64 {
        try db.cachedStatement(
            sql: "INSERT INTO virtual_machine_endpoint (vm_id, endpoint_id, polls) VALUES (?, ?, 0)"
        ).execute(arguments: [vmID, endpointID])
        return db.lastInsertedRowID
    }
}

extension ObservedCustomization {
    /// From the columns `identity_basis`, `identity_value`, `outcome`, `start_ms`, `end_ms`, `end_first_polled_ms` and
    /// `first_polled_ms`, which begin at `index`.
    init(_ row: Row, from index: Int, lastPolledAt: Timestamp, polls: Int) throws {
        guard let identity = CustomizationIdentity(basis: row[index], value: row[index + 1]),
            let outcome = CustomizationOutcome(rawValue: row[index + 2])
        else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a customization of unknown identity or outcome")
        }
        self.init(
            identity: identity, outcome: outcome, startTime: row[index + 3], endTime: row[index + 4],
            endFirstPolledAt: row[index + 5], firstPolledAt: row[index + 6], lastPolledAt: lastPolledAt, polls: polls)
    }
}

extension CustomizationIdentity {
    init?(basis: String, value: Int64) {
        switch basis {
        case "start_time": self = .startTime(Timestamp(unixMilliseconds: value))
        case "end_time": self = .endTime(Timestamp(unixMilliseconds: value))
        case "first_poll": self = .firstPoll(CollectionRunID(rawValue: value))
        default: return nil
        }
    }

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
    public var databaseValue: DatabaseValue { unixMilliseconds.databaseValue }

    public static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Int64.fromDatabaseValue(value).map(Timestamp.init(unixMilliseconds:))
    }
}
