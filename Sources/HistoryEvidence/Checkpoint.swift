import Foundation

/// The head of a history's Merkle tree, in the form of a C2SP tlog checkpoint. Source: https://c2sp.org/tlog-checkpoint
package struct Checkpoint: Hashable, Sendable {
    private static let originPrefix = "customization-history/"

    /// The UUID of the history's tree, in lower case.
    package var uuid: String
    /// The number of leaves.
    package var size: Int
    /// The root over these leaves.
    package var root: MerkleHash

    /// The head of the tree with this UUID, in lower case.
    package init(uuid: String, size: Int, root: MerkleHash) {
        (self.uuid, self.size, self.root) = (uuid, size, root)
    }

    /// The first line: which history it is of.
    package var origin: String { Self.originPrefix + uuid }

    /// The text of the note that is signed: three lines, the last one ended as well.
    package var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }

    /// The same in one line, for logs.
    package var line: String { "\(origin) \(size) \(root.base64)" }

    /// Every checkpoint in a text: notes of three lines, signed or not, and lines such as `line` with anything around them, as a log has them.
    package static func all(in text: String) -> [Checkpoint] {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        return words.indices.compactMap { index in
            guard let prefix = words[index].range(of: originPrefix), index + 2 < words.count,
                let size = Int(words[index + 1]), size >= 0,
                let root = MerkleHash(base64: String(words[index + 2].prefix(44)))
            else { return nil }
            let uuid = words[index][prefix.upperBound...].prefix(36).lowercased()
            return UUID(uuidString: uuid) == nil ? nil : Checkpoint(uuid: uuid, size: size, root: root)
        }
    }
}
