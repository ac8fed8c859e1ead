import GuestCustomization

/// The result of a query as JSON: an array of objects, or the objects alone, one on each line (NDJSON).
///
/// Nothing is cut. INTEGER and REAL are numbers (an infinite one is 9e999, which reads as infinity), a BLOB is its hexadecimal digits. If several
/// columns have one name, the later ones become `name:1`, `name:2` and so on, as in SQLite's own subqueries.
package struct QueryJSON: QueryRenderer {
    private let isArray: Bool
    /// With quotation marks.
    private var names: [String] = []
    private var isFirst = true

    /// - Parameter isArray: `false` for NDJSON.
    package init(isArray: Bool) {
        self.isArray = isArray
    }

    /// Takes the names of the columns.
    package mutating func head(_ columns: [String]) -> String {
        var taken: Set<String> = []
        names = columns.map { column in
            var name = column
            var number = 0
            while !taken.insert(name).inserted {
                number += 1
                name = "\(column):\(number)"
            }
            return JSONText.quoted(name)
        }
        return isArray ? "[" : ""
    }

    /// Writes one row.
    package mutating func row(_ values: [QueryValue]) -> String {
        var line = isArray ? (isFirst ? "\n" : ",\n") : ""
        isFirst = false
        line += "{"
        for (index, value) in values.enumerated() {
            line += (index > 0 ? "," : "") + names[index] + ":" + Self.text(value)
        }
        return line + (isArray ? "}" : "}\n")
    }

    /// Writes what comes after the rows.
    package mutating func end() -> String { isArray ? (isFirst ? "]\n" : "\n]\n") : "" }

    private static func text(_ value: QueryValue) -> String {
        switch value {
        case .null: "null"
        case .integer(let number): String(number)
        case .real(let number): number.notation(infinite: "9e999")
        case .text(let text): JSONText.quoted(text)
        case .blob(let bytes): "\"" + bytes.hexadecimal() + "\""
        }
    }
}
