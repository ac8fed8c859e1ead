/// A value that a query returned, of one of SQLite's types. It may contain anything.
package enum QueryValue: Hashable, Sendable {
    case null
    case integer(Int64)
    /// Never NaN, for which SQLite returns NULL, but possibly infinite.
    case real(Double)
    /// Invalid UTF-8 is replaced by U+FFFD.
    case text(String)
    case blob([UInt8])
}
