import GRDB
import GuestCustomization

/// The result of merging another history, or of finding out what a merge would bring.
package struct HistoryMergeResult: Hashable, Sendable {
    /// A vCenter of the other history.
    package struct VCenter: Hashable, Sendable {
        /// What the other history calls it.
        package var nameThere: String
        /// What this history calls it.
        package var name: String
        /// Whether this history did not know it.
        package var isNew: Bool
        /// The runs on it that were brought in.
        package var runs: Int
        /// Their polls.
        package var polls: Int
    }

    /// Of something before a merge, and after it.
    package struct Counts: Hashable, Sendable {
        /// Before the merge.
        package var before: Int
        /// After it.
        package var now: Int
    }

    /// Whether the other history is a copy of this one.
    package var isCopy: Bool
    /// The vCenters that have something new.
    package var vCenters: [VCenter]
    /// The UUIDs of the histories that have something new: the other one, and those that were merged into it.
    package var histories: [String]
    /// How many customizations this history had before and has now; `nil` if nothing was merged.
    package var customizations: Counts?

    /// Runs that were brought in.
    package var runs: Int { vCenters.reduce(0) { $0 + $1.runs } }
    /// Their polls.
    package var polls: Int { vCenters.reduce(0) { $0 + $1.polls } }

    init(_ plan: MergePlan) {
        isCopy = plan.isCopy
        vCenters = plan.vCenters.map { vCenter in
            VCenter(
                nameThere: vCenter.there.name, name: vCenter.name, isNew: vCenter.here == nil, runs: vCenter.runs.count,
                polls: vCenter.runs.reduce(0) { $0 + $1.polls })
        }
        histories = plan.trees.map(\.check.uuid)
    }
}

extension HistoryDatabase {
    /// What `merge` would bring from another history.
    ///
    /// - Throws: As `merge` does.
    package func mergeable(from incoming: IncomingHistory) throws -> HistoryMergeResult {
        HistoryMergeResult(try mergePlan(incoming))
    }

    /// Brings everything sealed in another history into this one, which it must have been verified for: all or nothing.
    ///
    /// What was brought in before is not brought in again. A vCenter that both recorded becomes one, whose customizations follow from the
    /// polls of both. Both trees are kept, so that each run is still sealed by the history that recorded it.
    /// - Parameter progress: Called with the number of polls brought in, on another thread.
    /// - Throws: `HistoryError`: `damaged` if one of the histories was rewritten or cut off, `vCenterName` if it is not clear which
    ///   vCenters are the same, `vCenterHeld` while a collector holds one of them.
    package func merge(
        _ incoming: IncomingHistory, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> HistoryMergeResult {
        let first = try mergePlan(incoming)
        guard !first.trees.isEmpty else { return HistoryMergeResult(first) }
        let claims = try first.vCenters.compactMap(\.here).map { try claimForChange($0.name) }
        let result = try await write("merge a history into") { [recording, amender, path] db in
            var result: HistoryMergeResult?
            try recording.transactionWithoutReferences(db) {
                for id in first.joined { try AbandonedRuns(of: id).end(recording, db) }
                result = try incoming.view { source in
                    let plan = try MergePlan(from: incoming, source, into: path, db)
                    guard plan.joined == first.joined else { return nil }
                    var done = 0
                    return try Self.verifiable {
                        try Self.merge(plan, source, db, amender) { polls in
                            done += polls
                            progress(done)
                        }
                    }
                }
            }
            recording.forgetRuns()
            return result
        }
        withExtendedLifetime(claims) {}
        // Not within the write, which would be repeated as if another process held the file.
        guard let result else {
            throw HistoryError(
                .busy, "nothing was merged into \(path): its vCenters were renamed or merged meanwhile; run this again")
        }
        return result
    }

    private func mergePlan(_ incoming: IncomingHistory) throws -> MergePlan {
        try read("compare") { [path] target in
            try incoming.read("compare") { try MergePlan(from: incoming, $0, into: path, target) }
        }
    }

    private static func merge(
        _ plan: MergePlan, _ source: Database, _ db: Database, _ amender: Amender,
        progress: @escaping (Int) throws -> Void
    ) throws -> HistoryMergeResult {
        let totals = try FinishedTotals(db)
        let before = try db.count("SELECT count(*) FROM customization")
        var merge = HistoryMerge(plan, from: source, into: db, by: amender, progress: progress)
        try merge.run()
        try rebuildCustomizations(db)
        try totals.addNew(db)
        try requireVerifiable(plan, db)
        var result = HistoryMergeResult(plan)
        result.customizations = .init(before: before, now: try db.count("SELECT count(*) FROM customization"))
        return result
    }

    /// Checks, before anything is committed, that what was brought in can be verified here.
    private static func requireVerifiable(_ plan: MergePlan, _ db: Database) throws {
        let names = plan.vCenters.map(\.name)
        let touched = try Set(
            names.flatMap { name in
                try db.rows(
                    of:
                        "SELECT r.id FROM collection_run AS r JOIN vcenter AS c ON c.id = r.vcenter_id WHERE c.name = \(name)"
                ) { try $0.id(0) }
            })
        let trees = try ForestCheck(expecting: [], db)
        var runs = try RunCheck(trees, prunedThrough: Baseline.current(db)?.lastRun ?? 0, where: touched.contains)
        try runs.run(db) { _ in }
        try NameCheck(tree: trees.own).run(db)
    }

    /// Either history may have been altered: then nothing is merged.
    private static func verifiable<Value>(_ merge: () throws -> Value) throws -> Value {
        do {
            return try merge()
        } catch let discrepancy as Discrepancy {
            throw HistoryError(
                .internal,
                "nothing was merged, because the result could not be verified: \(discrepancy.finding); verify both histories, and report this if they are sound"
            )
        }
    }
}

/// The metrics' totals of finished customizations, which only grow: a merge adds what it brought.
private struct FinishedTotals {
    /// Notes what there is before the merge.
    init(_ db: Database) throws {
        try db.execute(sql: "CREATE TEMP TABLE finished_before AS \(Self.query)")
    }

    private static let query = """
        SELECT vcenter_id, endpoint_id, outcome, bound_seconds, count(*) AS customizations, sum(seconds) AS seconds
        FROM main.finished_customization GROUP BY 1, 2, 3, 4
        """

    func addNew(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO finished_total (vcenter_id, endpoint_id, outcome, bound_seconds, customizations, seconds)
                SELECT n.vcenter_id, n.endpoint_id, n.outcome, n.bound_seconds, n.customizations - ifnull(b.customizations, 0),
                    max(0.0, n.seconds - ifnull(b.seconds, 0.0))
                FROM (\(Self.query)) AS n LEFT JOIN temp.finished_before AS b USING (vcenter_id, endpoint_id, outcome, bound_seconds)
                WHERE n.customizations > ifnull(b.customizations, 0)
                ON CONFLICT DO UPDATE SET customizations = customizations + excluded.customizations, seconds = seconds + excluded.seconds;
                DROP TABLE temp.finished_before;
                """)
    }
}
