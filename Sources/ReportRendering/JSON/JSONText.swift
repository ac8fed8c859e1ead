import GuestCustomization

/// A string in JSON's notation.
///
/// In addition to what JSON requires, characters that would affect a terminal are escaped; the value is the same.
package enum JSONText {
    /// The string in its quotation marks.
    package static func quoted(_ value: String) -> String {
        if value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        {
            return "\"\(value)\""
        }
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.isUnseen:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// An object on one line, its keys in alphabetical order.
    ///
    /// - Parameter members: The values in JSON's notation.
    package static func object(_ members: [String: String]) -> String {
        "{" + members.sorted { $0.key < $1.key }.map { "\(quoted($0)):\($1)" }.joined(separator: ",") + "}"
    }
}
