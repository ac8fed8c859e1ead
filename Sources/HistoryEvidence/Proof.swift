import Foundation

/// A proof that a run, or a poll, is in a history, which can be checked without the history.
package struct Proof: Codable, Sendable {
    /// The value of the member `format`.
    package static let format = "customization-history/proof/1"
    /// Bytes. A larger file is no proof.
    package static let maximumSize = 1 << 20

    /// A record and its way to the root of its tree.
    package struct Leaf: Codable, Sendable {
        /// The canonical record.
        package var record: String
        /// Position in the tree, from 0.
        package var index: Int
        /// The number of the tree's leaves.
        package var size: Int
        /// The audit path, the lowest hash first, each in base64.
        package var path: [String]

        /// A leaf with its audit path, the lowest hash first.
        package init(record: String, index: Int, size: Int, path: [MerkleHash]) {
            (self.record, self.index, self.size, self.path) = (record, index, size, path.map(\.base64))
        }

        /// The root that it leads to; `nil` if the path is not one.
        fileprivate var root: MerkleHash? {
            let hashes = path.compactMap(MerkleHash.init(base64:))
            guard hashes.count == path.count else { return nil }
            return MerkleTree.root(from: .leaf(Array(record.utf8)), at: index, size: size, path: hashes)
        }
    }

    /// Always `Proof.format`.
    package var format: String
    /// The poll in the tree of its run; `nil` in the proof of a run.
    package var poll: Leaf?
    /// The run, or the amendment, in the history's tree.
    package var run: Leaf
    /// The checkpoint that the path of `run` leads to, signed or not.
    package var checkpoint: String

    /// A proof by the given parts.
    package init(poll: Leaf?, run: Leaf, checkpoint: String) {
        (format, self.poll, self.run, self.checkpoint) = (Self.format, poll, run, checkpoint)
    }

    /// The proof as a file.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    /// Why a proof does not hold.
    package struct Invalid: Error, CustomStringConvertible {
        package var description: String
    }

    /// Reads a proof.
    ///
    /// - Throws: `Invalid`.
    package init(json: [UInt8]) throws {
        guard let proof = try? JSONDecoder().decode(Proof.self, from: Data(json)), proof.format == Self.format else {
            throw Invalid(description: "it is not a proof of the format \(Self.format)")
        }
        self = proof
    }

    /// Checks that the poll is in the run, and the run in the tree of the checkpoint.
    ///
    /// - Returns: The checkpoint.
    /// - Throws: `Invalid`.
    package func check() throws -> Checkpoint {
        let heads = Checkpoint.all(in: checkpoint)
        guard let head = heads.first, heads.count == 1, checkpoint.hasPrefix(head.text) else {
            throw Invalid(description: "its checkpoint is not one")
        }
        guard run.size == head.size, run.root == head.root else {
            throw Invalid(description: "the record of the run does not lead to the root of the checkpoint")
        }
        guard let poll else { return head }
        let members = try? JSONSerialization.jsonObject(with: Data(run.record.utf8)) as? [String: Any]
        guard let root = poll.root, members?["polls_root"] as? String == root.hex,
            members?["polls"] as? Int == poll.size
        else { throw Invalid(description: "the record of the poll does not lead to the root in the record of the run") }
        return head
    }
}
