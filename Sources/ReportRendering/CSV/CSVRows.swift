import GuestCustomization

/// Exported rows as CSV, written as `CSVRenderer` writes a report: texts on one line, truncated, and never run as a formula.
package struct CSVRows: Sendable {
    package init() {}

    /// The first line.
    package func header(_ columns: [String]) -> String {
        var csv = CSVWriter()
        csv.header(columns)
        return csv.text
    }

    /// The lines of some rows.
    package func text(of rows: [ExportedRow]) -> String {
        var csv = CSVWriter()
        for row in rows { csv.row(row.map(Self.cell)) }
        return csv.text
    }

    private static func cell(_ value: ExportedValue) -> CSVWriter.Cell {
        switch value {
        case .null: .text(nil)
        case .text(let text): .text(text)
        case .integer(let number): .number(Int(number))
        case .real(let number): .fraction(number)
        case .time(let time): .time(time)
        case .flag(let flag): .text(flag ? "true" : "false")
        }
    }
}
