/// An RFC 6962 Merkle tree to which leaves are appended, of which only the right edge is kept.
package struct MerkleTree: Sendable {
    /// The roots of the complete subtrees from left to right, each smaller than the one before: one for each 1 in the binary form of
    /// `size`.
    package private(set) var edge: [MerkleHash]
    /// The number of leaves.
    package private(set) var size: Int

    /// An empty tree.
    package init() {
        edge = []
        size = 0
    }

    /// A tree with the given right edge; there must be as many hashes as `size` has ones in binary.
    package init(edge: [MerkleHash], size: Int) {
        precondition(edge.count == size.nonzeroBitCount)
        self.edge = edge
        self.size = size
    }

    /// Appends a leaf.
    ///
    /// - Parameter completed: Called with each node that is complete now, from the leaf up: its level, 0 for the leaf itself, its
    ///   position among the nodes of that level, and its hash.
    package mutating func append(
        _ leaf: MerkleHash, completed: (_ level: Int, _ position: Int, MerkleHash) throws -> Void
    ) rethrows {
        var (hash, level, position) = (leaf, 0, size)
        try completed(level, position, hash)
        while position & 1 == 1 {
            hash = .node(edge.removeLast(), hash)
            level += 1
            position >>= 1
            try completed(level, position, hash)
        }
        edge.append(hash)
        size += 1
    }

    /// Appends a leaf.
    package mutating func append(_ leaf: MerkleHash) { append(leaf) { _, _, _ in } }

    /// The root over all leaves.
    package var root: MerkleHash {
        guard var root = edge.last else { return .emptyRoot }
        for subtree in edge.dropLast().reversed() { root = .node(subtree, root) }
        return root
    }
}

extension MerkleTree {
    /// The audit path of a leaf: the hashes that lead from it to the root, the lowest first.
    ///
    /// - Parameters:
    ///   - index: From 0, less than `size`.
    ///   - node: The hash of a complete subtree by level and position.
    package static func path(
        to index: Int, size: Int, node: (_ level: Int, _ position: Int) throws -> MerkleHash
    ) rethrows -> [MerkleHash] {
        try path(to: index, in: 0..<size, node)
    }

    /// The recursion of RFC 6962, section 2.1.1.
    private static func path(
        to index: Int, in range: Range<Int>, _ node: (Int, Int) throws -> MerkleHash
    ) rethrows -> [MerkleHash] {
        guard range.count > 1 else { return [] }
        let middle = range.lowerBound + largestPower(below: range.count)
        return index < middle
            ? try path(to: index, in: range.lowerBound..<middle, node) + [root(of: middle..<range.upperBound, node)]
            : try path(to: index, in: middle..<range.upperBound, node) + [root(of: range.lowerBound..<middle, node)]
    }

    /// The root of the first `size` leaves.
    package static func root(
        size: Int, node: (_ level: Int, _ position: Int) throws -> MerkleHash
    ) rethrows -> MerkleHash {
        size == 0 ? .emptyRoot : try root(of: 0..<size, node)
    }

    private static func root(of range: Range<Int>, _ node: (Int, Int) throws -> MerkleHash) rethrows -> MerkleHash {
        if range.count.nonzeroBitCount == 1 {
            let level = range.count.trailingZeroBitCount
            return try node(level, range.lowerBound >> level)
        }
        let middle = range.lowerBound + largestPower(below: range.count)
        return .node(
            try root(of: range.lowerBound..<middle, node), try root(of: middle..<range.upperBound, node))
    }

    /// The largest power of two that is less than `count`, which is at least 2.
    private static func largestPower(below count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The root that a leaf's audit path leads to; `nil` if the path does not fit the place. Source: RFC 9162, section 2.1.3.2.
    package static func root(from leaf: MerkleHash, at index: Int, size: Int, path: [MerkleHash]) -> MerkleHash? {
        guard index >= 0, index < size else { return nil }
        var (position, last, hash) = (index, size - 1, leaf)
        for sibling in path {
            guard last > 0 else { return nil }
            if position & 1 == 1 || position == last {
                hash = .node(sibling, hash)
                while position & 1 == 0, position > 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 ? hash : nil
    }
}
