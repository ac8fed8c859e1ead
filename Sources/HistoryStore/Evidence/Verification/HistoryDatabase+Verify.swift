import GRDB
import GuestCustomization
import HistoryEvidence

/// What a verification covered.
package struct VerifiedHistory: Sendable {
    /// The head of the history's tree.
    package var head: Checkpoint
    /// The heads of the histories that were merged into it, by UUID.
    package var merged: [Checkpoint]
    /// Runs that were checked.
    package var runs: Int
    /// Their polls.
    package var polls: Int
    /// The numbers of runs that have not ended, and so are not sealed yet.
    package var unsealedRuns: [Int64]
    /// The changes that the program made to what was recorded: renames, merges, removals.
    package var amendments: Int
    /// The removals of old polls, in order.
    package var prunes: [Prune] = []
    /// Whether everything derived from polls was computed again.
    package var isWhole: Bool

    /// A removal of old polls.
    package struct Prune: Hashable, Sendable {
        /// No run that began then or later was touched.
        package var before: Timestamp
        /// When it was recorded.
        package var prunedAt: Timestamp
        /// Who did it; `nil` if that is not known.
        package var by: String?
        /// The polls of runs up to this one were removed.
        package var lastRun: CollectionRunID
        /// How many polls were removed.
        package var polls: Int
        /// How many answers were removed.
        package var answers: Int
        /// Whether everything has been removed.
        package var isComplete: Bool
    }
}

extension HistoryDatabase {
    /// The parts of a verification, in order.
    package enum VerificationStep: Sendable {
        case file
        case seals
        case answers
        case polls(done: Int, of: Int)
        case customizations
    }

    /// Checks that everything is as it was recorded: the file, the seals, every answer, run and poll, and what is derived from them.
    ///
    /// - Parameters:
    ///   - expected: Heads that were kept elsewhere.
    ///   - first: Checks runs from this one on, without what is derived from polls; `nil` checks everything.
    ///   - progress: Throws to stop.
    /// - Throws: `HistoryError` with the code `damaged`, about the first thing that does not hold.
    package func verify(
        expecting expected: [Checkpoint] = [], from first: CollectionRunID? = nil,
        progress: (VerificationStep) throws -> Void = { _ in }
    ) throws -> VerifiedHistory {
        do {
            return try readWithScratch("verify") { db in
                try Self.verify(db, expecting: expected, from: first, progress: progress)
            }
        } catch let discrepancy as Discrepancy {
            throw HistoryError.altered(discrepancy, path)
        }
    }

    /// - Parameter db: A connection in a transaction, whose temporary tables can be written.
    /// - Throws: `Discrepancy`.
    static func verify(
        _ db: Database, expecting expected: [Checkpoint] = [], from first: CollectionRunID? = nil,
        progress: (VerificationStep) throws -> Void
    ) throws -> VerifiedHistory {
        try progress(.file)
        try requireIntegrity(db)
        try progress(.seals)
        let trees = try ForestCheck(expecting: expected, db)
        try require(expected, trees)
        try progress(.answers)
        let pruneCheck = PruneCheck(trees.own)
        let prunes = try pruneCheck.run(db)
        try AnswerCheck(isRemovalUnfinished: prunes.contains { !$0.isComplete }).run(db)
        let total = try db.count("SELECT ifnull(sum(polls), 0) FROM collection_run WHERE id > \(pruneCheck.lastRun)")
        var runs = RunCheck(trees, prunedThrough: pruneCheck.lastRun) { $0 >= first?.rawValue ?? 0 }
        try runs.run(db) { try progress(.polls(done: $0, of: total)) }
        try NameCheck(tree: trees.own).run(db)
        if first == nil {
            try progress(.customizations)
            try FoldCheck.run(db)
        }
        func head(_ tree: TreeCheck) throws -> Checkpoint { try tree.tree.checkpoint(size: tree.size, db) }
        return VerifiedHistory(
            head: try head(trees.own), merged: try trees.others.values.map(head).sorted { $0.uuid < $1.uuid },
            runs: runs.runs, polls: runs.polls, unsealedRuns: runs.unsealed,
            amendments: trees.own.amendments.count, prunes: prunes, isWhole: first == nil)
    }

    private static func requireIntegrity(_ db: Database) throws {
        if let damage = try FileIntegrity.damage(db) {
            throw Discrepancy("SQLite finds it damaged: \(damage.shownFromFile)")
        }
        if let broken = try FileIntegrity.brokenReference(db) {
            throw Discrepancy(
                "a row of \(broken.table) names a row of \(broken.parent.shownFromFile) that was removed")
        }
        guard try !db.hasRow("SELECT 1 FROM amendment_under_way") else {
            throw Discrepancy("the triggers that keep it append-only are off")
        }
    }

    /// Holds the trees against heads that were kept elsewhere.
    private static func require(_ expected: [Checkpoint], _ trees: ForestCheck) throws {
        let known = expected.filter { trees.tree($0.uuid) != nil }
        if known.isEmpty, let other = expected.first {
            throw Discrepancy(
                "the expected head is of another history, \(other.origin); this one is \(trees.own.uuid)")
        }
        for head in known {
            guard let tree = trees.tree(head.uuid) else { continue }
            guard head.size <= tree.size else {
                throw Discrepancy(
                    "its end was cut off: the expected head has \(head.size) seals, and the history only \(tree.size)")
            }
            guard tree.roots[head.size] == head.root else {
                throw Discrepancy(
                    "it was rewritten: its first \(head.size) seals do not have the root of the expected head")
            }
        }
    }

    /// Reads in one transaction, on a connection whose temporary tables can be written.
    private func readWithScratch<Value>(_ attempt: String, _ body: (Database) throws -> Value) throws -> Value {
        let (queue, isImmutable) = try HistoryError.mapped(attempt, path) {
            try Connection.reading(path, isWAL: true, busyTimeout: busyTimeout)
        }
        let result = Result {
            try HistoryError.mapped(attempt, path) {
                try queue.unsafeRead { db in
                    try db.execute(sql: "PRAGMA foreign_keys = OFF; BEGIN DEFERRED")
                    defer { try? db.rollback() }
                    return try body(db)
                }
            }
        }
        try Connection.requireUnopened(path, readAsImmutable: isImmutable, attempt)
        return try result.get()
    }
}
