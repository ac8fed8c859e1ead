import Foundation
import GRDB
import HistoryEvidence

/// A Merkle tree of the history, as the tables `seal` and `tree_node` store it.
struct HistoryTree {
    /// Row of `tree`.
    let id: Int64
    /// The tree of this file.
    static let own = HistoryTree(id: 1)

    /// - Throws: `StoredValueFault` if the tree is missing.
    func uuid(_ db: Database) throws -> String {
        guard let uuid = try db.firstRow(of: "SELECT uuid FROM tree WHERE id = \(id)", { try $0.text(0) }) else {
            throw StoredValueFault(complaint: "has no row for this history's tree")
        }
        // It is printed, signed and logged.
        guard uuid.utf8.count == 36, uuid == uuid.lowercased(), UUID(uuidString: uuid) != nil else {
            throw StoredValueFault(complaint: "is not a UUID in lower case: that of the tree")
        }
        return uuid
    }

    func size(_ db: Database) throws -> Int {
        try db.count("SELECT ifnull(max(leaf) + 1, 0) FROM seal WHERE tree_id = \(id)")
    }

    /// Appends a leaf and the nodes that it completes.
    ///
    /// - Parameter run: The run that it seals; `nil` for an amendment.
    func append(_ record: [UInt8], run: Int64?, at leaf: Int, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO seal (tree_id, leaf, run_id, record) VALUES (?, ?, ?, ?)").run(
            [
                .integer(id), .integer(Int64(leaf)), .integer(run), .text(String(decoding: record, as: UTF8.self)),
            ], db)
        var edge: [MerkleHash] = []
        for level in (0..<Int.bitWidth).reversed() where leaf >> level & 1 == 1 {
            edge.append(try node(level, (leaf >> level) - 1, db))
        }
        var tree = MerkleTree(edge: edge, size: leaf)
        try tree.append(.leaf(record)) { level, position, hash in
            try db.cachedStatement(sql: "INSERT INTO tree_node (tree_id, level, position, hash) VALUES (?, ?, ?, ?)")
                .run(
                    [.integer(id), .integer(Int64(level)), .integer(Int64(position)), .blob(hash.data)], db)
        }
    }

    /// The hash of a complete subtree; `nil` if it is not stored.
    func storedNode(_ level: Int, _ position: Int, _ db: Database) throws -> MerkleHash? {
        let statement = try db.cachedStatement(
            sql: "SELECT hash FROM tree_node WHERE tree_id = ? AND level = ? AND position = ?")
        statement.bind([.integer(id), .integer(Int64(level)), .integer(Int64(position))])
        return try statement.firstRow(db) { try $0.merkleHash(0) }
    }

    /// The hash of a complete subtree.
    func node(_ level: Int, _ position: Int, _ db: Database) throws -> MerkleHash {
        guard let hash = try storedNode(level, position, db) else {
            throw StoredValueFault(complaint: "lacks a node of the tree")
        }
        return hash
    }

    /// The head of the tree when it had `size` leaves.
    func checkpoint(size: Int, _ db: Database) throws -> Checkpoint {
        Checkpoint(uuid: try uuid(db), size: size, root: try MerkleTree.root(size: size) { try node($0, $1, db) })
    }
}
