import GuestCustomization

/// The result of a query as CSV, by the rules of `CSVRenderer`: a text is on one line without control characters, cut after 32,000
/// characters, and harmless to a spreadsheet.
///
/// NULL is an empty cell, a BLOB is `x'…'`, an infinite number `Inf`.
package struct QueryCSV: QueryRenderer {
    private static let blobLimit = 16_000
    private var csv = CSVWriter()

    package init() {}

    /// Takes the names of the columns.
    package mutating func head(_ columns: [String]) -> String {
        csv.header(columns)
        return csv.take()
    }

    /// Writes one row.
    package mutating func row(_ values: [QueryValue]) -> String {
        csv.row(
            values.map { value in
                switch value {
                case .null: .text(nil)
                case .integer(let number): .exact(String(number))
                case .real(let number): .exact(number.notation(infinite: "Inf"))
                case .text(let text): .text(text)
                case .blob(let bytes): .exact(bytes.literal(upTo: Self.blobLimit))
                }
            })
        return csv.take()
    }

    /// Writes what comes after the rows.
    package mutating func end() -> String { "" }
}
