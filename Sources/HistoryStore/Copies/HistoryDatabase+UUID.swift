extension HistoryDatabase {
    /// The identity of this file, whatever its name: an RFC 9562 UUID in lower case, the one of its Merkle tree.
    ///
    /// - Throws: `HistoryError`.
    package func uuid() throws -> String {
        try read("read the identity of") { try HistoryTree.own.uuid($0) }
    }
}
