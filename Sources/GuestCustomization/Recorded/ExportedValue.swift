/// A value of an exported row.
package enum ExportedValue: Hashable, Sendable {
    case null
    case text(String)
    case integer(Int64)
    case real(Double)
    case time(Timestamp)
    case flag(Bool)
}

/// A row of an export; its values are in the order of the table's columns.
package typealias ExportedRow = [ExportedValue]
