import GuestCustomization

/// Rows in the text format of PostgreSQL's COPY.
///
/// No text can end the data or become a command of psql: every backslash in it is doubled, line breaks are escaped, and psql reads
/// neither variables nor commands in the data. Every line begins with a column of ours, a number or an identifier.
/// Source: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format"
enum CopyText {
    /// The line that ends the data.
    static let end = "\\.\n"

    /// The lines of some rows. Times are milliseconds since 1970, so that no calendar and no time zone can misread them.
    static func lines(_ rows: [ExportedRow]) -> String {
        var text = ""
        for row in rows {
            for (index, value) in row.enumerated() {
                if index > 0 { text += "\t" }
                text += field(value)
            }
            text += "\n"
        }
        return text
    }

    private static func field(_ value: ExportedValue) -> String {
        switch value {
        case .null: "\\N"
        case .text(let text): escaped(text)
        case .integer(let number): String(number)
        case .real(let number): number.description
        case .time(let time): String(time.unixMilliseconds)
        case .flag(let flag): flag ? "t" : "f"
        }
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else { return text }
        return text.replacingScalars {
            switch $0 {
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case "\u{8}": "\\b"
            case "\u{B}": "\\v"
            case "\u{C}": "\\f"
            // PostgreSQL has no NUL in a text, and neither has a history.
            case "\0": ""
            default: nil
            }
        }
    }
}
