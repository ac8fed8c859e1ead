import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The identity of this file, whatever its name: an RFC 9562 UUID in lower case.
    ///
    /// - Throws: `HistoryError`.
    package func uuid() throws -> String {
        try read("read the identity of") { try Self.uuid($0) }
    }

    private static func uuid(_ db: Database) throws -> String {
        let uuid = try db.firstRow(of: "SELECT uuid FROM tree WHERE id = 1") { try $0.text(0) }
        guard let uuid else { throw StoredValueFault(complaint: "is missing: that of row 1 of the table tree") }
        guard isUUID(uuid) else {
            throw StoredValueFault(complaint: "is not a UUID in lower case: that of row 1 of the table tree")
        }
        return uuid
    }

    private static func isUUID(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.joined().allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }
}
