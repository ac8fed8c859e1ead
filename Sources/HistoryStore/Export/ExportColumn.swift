import GuestCustomization

/// A column of an export: its name, and how its value is read.
struct ExportColumn {
    enum Kind {
        case id, count, text, instant, endpoint, flag, httpStatus
        /// Milliseconds between two instants, exported in seconds.
        case span
        /// The value that identifies a customization, whose basis is in the column before it.
        case identity
    }

    var name: String
    var kind: Kind
    var isOptional = false

    init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

    /// The same column with NULL allowed.
    var orNull: ExportColumn {
        var column = self
        column.isOptional = true
        return column
    }

    func value(_ row: StatementColumns, _ index: CInt) throws -> ExportedValue {
        if isOptional, row.isNull(index) { return .null }
        switch kind {
        case .id: return .integer(try row.id(index))
        case .count: return .integer(Int64(try row.count(index)))
        case .identity: return .integer(try row.identityValue(index - 1))
        case .text: return .text(try row.text(index))
        case .instant: return .time(try row.timestamp(index))
        case .endpoint: return .text(try row.endpoint(index).rawValue)
        case .flag: return .flag(try row.flag(index))
        case .httpStatus: return try row.httpStatusOrNull(index).map { .integer(Int64($0)) } ?? .null
        case .span: return try row.spanSecondsOrNull(index).map { .real($0) } ?? .null
        }
    }
}
