import GuestCustomization

/// Exported rows as NDJSON: each row an object on one line, its members in the order of the columns, a missing value as `null`.
///
/// Times are RFC 3339 in UTC with milliseconds.
package struct NDJSONRows: Sendable {
    private let names: [String]

    /// - Parameter columns: Their names.
    package init(columns: [String]) {
        names = columns.map { JSONText.quoted($0) + ":" }
    }

    /// The lines of some rows, each ending with a line break.
    package func text(of rows: [ExportedRow]) -> String {
        var text = ""
        for row in rows {
            text += "{"
            for (index, value) in row.enumerated() {
                if index > 0 { text += "," }
                text += names[index]
                text += Self.json(value)
            }
            text += "}\n"
        }
        return text
    }

    private static func json(_ value: ExportedValue) -> String {
        switch value {
        case .null: "null"
        case .text(let text): JSONText.quoted(text)
        case .integer(let number): String(number)
        case .real(let number): ExactNumber.text(number)
        case .time(let time): "\"\(time.rfc3339)\""
        case .flag(let flag): flag ? "true" : "false"
        }
    }
}
