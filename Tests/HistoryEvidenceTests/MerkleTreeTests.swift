import HistoryEvidence
import TestSupport
import Testing

@Suite struct MerkleTreeTests {
    /// The leaves and roots of Certificate Transparency's own tests. Source: certificate-transparency-go, merkletree tests.
    private static let leaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F],
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func `the roots are those of Certificate Transparency`() {
        var tree = MerkleTree()
        #expect(tree.root.hex == Self.roots[0])
        for (leaf, root) in zip(Self.leaves, Self.roots.dropFirst()) {
            tree.append(.leaf(leaf))
            #expect(tree.root.hex == root)
        }
    }

    /// The hashes of all complete subtrees, by level.
    private static func nodes(of count: Int) -> (MerkleTree, [[MerkleHash]]) {
        var (tree, levels) = (MerkleTree(), [[MerkleHash]]())
        for index in 0..<count {
            tree.append(.leaf([UInt8(index)])) { level, position, hash in
                if level == levels.count { levels.append([]) }
                #expect(position == levels[level].count)
                levels[level].append(hash)
            }
        }
        return (tree, levels)
    }

    @Test func `each leaf's path leads to the root, and nothing else does`() {
        for size in 1...70 {
            let (tree, levels) = Self.nodes(of: size)
            #expect(MerkleTree.root(size: size) { levels[$0][$1] } == tree.root)
            for index in 0..<size {
                let path = MerkleTree.path(to: index, size: size) { levels[$0][$1] }
                let leaf = MerkleHash.leaf([UInt8(index)])
                #expect(MerkleTree.root(from: leaf, at: index, size: size, path: path) == tree.root)
                let other = MerkleHash.leaf([UInt8(index), 0])
                #expect(MerkleTree.root(from: other, at: index, size: size, path: path) != tree.root)
                #expect(
                    MerkleTree.root(from: leaf, at: (index + 1) % size, size: size, path: path) != tree.root
                        || size == 1)
                #expect(MerkleTree.root(from: leaf, at: index, size: size, path: path + [leaf]) != tree.root)
                #expect(
                    MerkleTree.root(from: leaf, at: index, size: size, path: path.dropLast()) != tree.root || size == 1)
            }
        }
    }

    @Test func `a path with a place outside of the tree leads nowhere`() {
        let leaf = MerkleHash.leaf([1])
        for (index, size) in [(-1, 1), (1, 1), (0, 0), (Int.max, 1), (0, Int.min)] {
            #expect(MerkleTree.root(from: leaf, at: index, size: size, path: []) == nil)
        }
    }

    @Test func `a tree goes on from its right edge`() {
        let (whole, _) = Self.nodes(of: 45)
        for size in 0..<45 {
            var tree = Self.nodes(of: size).0
            tree = MerkleTree(edge: tree.edge, size: size)
            for index in size..<45 { tree.append(.leaf([UInt8(index)])) }
            #expect(tree.root == whole.root)
        }
    }

    @Test func `hashes are read back from bytes, hexadecimal digits and base64, and from nothing else`() {
        let hash = MerkleHash.leaf([7])
        #expect(MerkleHash(hex: hash.hex) == hash)
        #expect(MerkleHash(base64: hash.base64) == hash)
        #expect(hash.data.withUnsafeBytes { MerkleHash(bytes: $0) } == hash)
        for text in ["", "zz", String(hash.hex.dropLast()), hash.hex + "0", "é" + hash.hex.dropFirst(2)] {
            #expect(MerkleHash(hex: text) == nil)
        }
        #expect(MerkleHash(base64: String(hash.base64.dropLast())) == nil)
        #expect(MerkleHash(base64: "*" + hash.base64.dropFirst()) == nil)
    }
}
