import Foundation
import GRDB
import GuestCustomization
import HistoryEvidence

/// Checks that the leaves of a tree are complete and hash to its nodes.
struct TreeCheck {
    /// A leaf that seals a run.
    struct SealedRecord {
        var leaf: Int
        var text: String
    }

    let uuid: String
    private(set) var size = 0
    /// Rows of `collection_run`.
    private(set) var runs: [Int64: SealedRecord] = [:]
    private(set) var amendments: [(leaf: Int, Amendment)] = []
    /// The roots at the sizes that were asked for.
    private(set) var roots: [Int: MerkleHash] = [:]

    /// A change of what was recorded, as far as other checks need it.
    struct Amendment: Decodable {
        var amendment: String
        var tree: String
        var from: String?
        var into: String?
        var polls: Int?
        var before: Int64?
    }

    /// - Parameter sizes: The sizes at which a root is expected.
    init(_ tree: HistoryTree, rootsAt sizes: Set<Int>, _ db: Database) throws {
        uuid = try tree.uuid(db)
        var merkle = MerkleTree()
        var nodes = 0
        if sizes.contains(0) { roots[0] = merkle.root }
        let query: SQL = "SELECT leaf, run_id, record FROM seal WHERE tree_id = \(tree.id) ORDER BY leaf"
        try db.forEachRow(of: query) { row in
            let leaf = try row.count(0)
            guard leaf == merkle.size else { throw Discrepancy("seal \(merkle.size) was removed") }
            let text = try row.text(2)
            try merkle.append(.leaf(Array(text.utf8))) { level, position, hash in
                nodes += 1
                guard try Self.stored(level, position, tree, db) == hash else {
                    throw Discrepancy("seal \(leaf)\(try row.idOrNull(1).map { " of run \($0)" } ?? "") was altered")
                }
            }
            try take(text, leaf, run: try row.idOrNull(1))
            if sizes.contains(merkle.size) { roots[merkle.size] = merkle.root }
        }
        size = merkle.size
        guard try db.count("SELECT count(*) FROM tree_node WHERE tree_id = \(tree.id)") == nodes else {
            throw Discrepancy("the last seals were removed: the tree has more nodes than seals")
        }
    }

    private static func stored(_ level: Int, _ position: Int, _ tree: HistoryTree, _ db: Database) throws
        -> MerkleHash?
    {
        let statement = try db.cachedStatement(
            sql: "SELECT hash FROM tree_node WHERE tree_id = ? AND level = ? AND position = ?")
        statement.bind([.integer(tree.id), .integer(Int64(level)), .integer(Int64(position))])
        return try statement.firstRow(db) { try $0.merkleHash(0) }
    }

    private mutating func take(_ text: String, _ leaf: Int, run: Int64?) throws {
        if let run {
            runs[run] = SealedRecord(leaf: leaf, text: text)
            return
        }
        guard let amendment = try? JSONDecoder().decode(Amendment.self, from: Data(text.utf8)) else {
            throw Discrepancy("seal \(leaf) belongs to no run, and is not an amendment")
        }
        guard amendment.tree == uuid else { throw Discrepancy("the UUID of its tree was altered") }
        amendments.append((leaf, amendment))
    }
}
