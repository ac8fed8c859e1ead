import GRDB
import GuestCustomization
import HistoryEvidence

extension HistoryDatabase {
    /// The parts of a removal of old polls, in order.
    package enum PruneStep: Sendable {
        case verifying(VerificationStep)
        case computing
        case preparing
        case removing
        case givingSpaceBack(done: Int, of: Int)
    }

    /// Computes what a removal of the polls of runs before a date removes; changes nothing.
    ///
    /// The history is verified first: what is removed cannot be checked afterwards. Takes about as long as recording the polls did.
    /// - Throws: `HistoryError`, also if the history is not as it was recorded.
    package func preparePrune(
        before date: Timestamp, progress: (PruneStep) throws -> Void = { _ in }
    ) throws -> PreparedPrune {
        _ = try verify { try progress(.verifying($0)) }
        try progress(.computing)
        let (queue, isImmutable) = try HistoryError.mapped("prune", path) {
            try Connection.reading(path, isWAL: true, busyTimeout: busyTimeout)
        }
        let prepared = try HistoryError.mapped("prune", path) { try PreparedPrune(queue, before: date) }
        try Connection.requireUnopened(path, readAsImmutable: isImmutable, "prune")
        return prepared
    }

    /// The right of this process to prune, until it is released.
    ///
    /// - Throws: `HistoryError`: `pruneHeld` if another process has it.
    package func claimPruning() throws -> CollectionClaim {
        guard let claim = try CollectionClaim.take(byte: CollectionClaim.pruneByte, inFileBeside: path) else {
            throw HistoryError(
                .pruneHeld,
                "another process is pruning \(path), or asks whether to; nothing was pruned, try again when it has ended"
            )
        }
        return claim
    }

    /// Removes the polls of old runs, and the answers that nothing else uses, and gives the space back.
    ///
    /// - Parameter claim: The right to prune, if it was taken before; otherwise it is taken now.
    /// - Parameter firstLimit: Rows or pages that the first of many transactions may change; it adapts to the time that they take.
    ///
    /// One transaction records it; the removal follows in many short ones. If it is interrupted, the next one goes on.
    /// - Throws: `HistoryError`: `pruneHeld` if another process is pruning, `busy` if one has moved or removed polls since it was prepared.
    package func prune(
        _ prepared: PreparedPrune, holding claim: CollectionClaim? = nil, at now: Timestamp, firstLimit: Int = 500,
        progress: @escaping @Sendable (PruneStep) -> Void = { _ in }
    ) async throws {
        let claim = try claim ?? claimPruning()
        defer { withExtendedLifetime(claim) {} }
        let writes = PacedWrites(history: self, firstLimit: firstLimit)
        try await setForeignKeys(false)
        do {
            if prepared.summary.lastRun != nil {
                progress(.preparing)
                try await stage(prepared, writes)
                try requireStaged(prepared)
                try await record(prepared, at: now)
            }
            try? prepared.queue.close()
            if let baseline = try read("prune", { try Baseline.current($0) }) {
                progress(.removing)
                let removal = PruneRemoval(writes: writes, baseline: baseline)
                try await removal.run()
                try await giveSpaceBack(writes, progress)
                try await removal.complete()
            }
            try await setForeignKeys(true)
        } catch {
            try? await setForeignKeys(true)
            throw error
        }
    }

    /// Otherwise SQLite would look for each removed answer in every table that may use it, none of which has an index for that.
    private func setForeignKeys(_ areOn: Bool) async throws {
        try await write("prune") { try $0.execute(sql: "PRAGMA foreign_keys = \(areOn ? "ON" : "OFF")") }
    }

    /// Copies what was computed, without effect before it is recorded.
    private func stage(_ prepared: PreparedPrune, _ writes: PacedWrites) async throws {
        for table in BaselineTables.all {
            try await writes.run { db, limit in
                try BaselineTables.delete(
                    from: table, BaselineTables.unrecorded, limit, db)
            }
        }
        try await writes.once { db in
            try db.execute(sql: "DELETE FROM prune WHERE leaf IS NULL")
            try db.execute(sql: "INSERT INTO prune (id) VALUES (?)", arguments: [prepared.baseline.id])
        }
        for table in BaselineTables.all {
            let copy = StagedRows(of: table, prepared.queue)
            try await writes.run { db, limit in try copy.insert(limit, db) }
        }
    }

    /// What is recorded must be what is there.
    private func requireStaged(_ prepared: PreparedPrune) throws {
        let root = try read("prune") {
            try BaselineTree(id: prepared.baseline.id, lastRun: prepared.baseline.lastRun, schema: "main").root($0)
        }
        guard root == prepared.root else {
            throw HistoryError(.busy, "cannot prune \(path): what was prepared was changed meanwhile; run this again")
        }
    }

    private func record(_ prepared: PreparedPrune, at now: Timestamp) async throws {
        let isRecorded = try await write("prune") { [recording, amender] db in
            var isRecorded = false
            try recording.transaction(db) {
                guard try PreparedPrune.amendments(db) == prepared.amendments else { return }
                try db.execute(
                    sql: "UPDATE prune SET leaf = ?, last_run_id = ? WHERE id = ? AND leaf IS NULL",
                    arguments: [try HistoryTree.own.size(db), prepared.baseline.lastRun, prepared.baseline.id])
                guard db.changesCount == 1 else { return }
                var record = amender.record(.prune, at: now)
                record.before = prepared.summary.before.unixMilliseconds
                record.lastRun = prepared.baseline.lastRun
                record.polls = Int64(prepared.summary.polls)
                record.answers = Int64(prepared.summary.answers)
                record.baselineRoot = prepared.root
                try Amendment.seal(record, db)
                isRecorded = true
            }
            return isRecorded
        }
        // Not within the write, which would be repeated as if another process held the file.
        guard isRecorded else {
            throw HistoryError(
                .busy, "cannot prune \(path): polls were brought in, moved or removed meanwhile; run this again")
        }
    }

    /// Moves pages from the end of the file to free ones, and cuts the file off.
    private func giveSpaceBack(_ writes: PacedWrites, _ progress: @escaping @Sendable (PruneStep) -> Void) async throws
    {
        // A file that was rewritten without it, by VACUUM, keeps its free pages for what is recorded next.
        guard try read("prune", { try $0.count("PRAGMA auto_vacuum") }) == 2 else { return }
        let total = try read("prune") { try $0.count("PRAGMA freelist_count") }
        try await writes.run { db, limit in
            try db.execute(sql: "PRAGMA incremental_vacuum(\(limit))")
            let left = try db.count("PRAGMA freelist_count")
            progress(.givingSpaceBack(done: max(0, total - left), of: total))
            return left > 0
        }
        try? await write("prune") { _ = try $0.checkpoint(.passive) }
    }
}

/// The rows of a temporary table, copied in pieces. Used only on the database's queue, hence unchecked.
private final class StagedRows: @unchecked Sendable {
    private let table: String
    private let source: DatabaseQueue
    private var last: Int64 = 0

    init(of table: String, _ source: DatabaseQueue) { (self.table, self.source) = (table, source) }

    /// - Returns: Whether there may be more.
    func insert(_ limit: Int, _ db: Database) throws -> Bool {
        let rows = try source.unsafeRead { staged in
            try Row.fetchAll(
                staged, sql: "SELECT rowid, * FROM temp.\(table) WHERE rowid > ? ORDER BY rowid LIMIT ?",
                arguments: [last, limit]
            ).map { Array($0.databaseValues) }
        }
        guard let width = rows.first?.count, let end = rows.last?.first.flatMap(Int64.fromDatabaseValue) else {
            return false
        }
        let places = Array(repeating: "?", count: width - 1).joined(separator: ", ")
        let statement = try db.cachedStatement(sql: "INSERT INTO main.\(table) VALUES (\(places))")
        for row in rows { try statement.execute(arguments: StatementArguments(row.dropFirst())) }
        last = end
        return rows.count == limit
    }
}
