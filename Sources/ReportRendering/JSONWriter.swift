/// Writes JSON with its keys in the order in which they come, laid out as `jq .` does it.
///
/// Foundation's encoder keeps no order of keys but the alphabetical one.
struct JSONWriter {
    private(set) var text = ""
    private var depth = 0
    private var isEmpty = true

    mutating func object(_ members: (inout JSONWriter) -> Void) {
        enclose("{", "}", members)
    }

    mutating func field(_ key: String, _ members: (inout JSONWriter) -> Void) {
        name(key)
        object(members)
    }

    mutating func field<Element>(
        _ key: String, array elements: [Element], _ members: (inout JSONWriter, Element) -> Void
    ) {
        name(key)
        enclose("[", "]") { writer in
            for element in elements {
                writer.separate()
                writer.object { members(&$0, element) }
            }
        }
    }

    mutating func field(_ key: String, strings: [String]) {
        name(key)
        enclose("[", "]") { writer in
            for element in strings {
                writer.separate()
                writer.string(element)
            }
        }
    }

    /// A string, or `null`.
    mutating func field(_ key: String, _ value: String?) {
        name(key)
        if let value { string(value) } else { text += "null" }
    }

    mutating func field(_ key: String, _ value: Int) {
        name(key)
        text += String(value)
    }

    /// A finite number, or `null`; without a fraction where it has none.
    mutating func field(_ key: String, _ value: Double?) {
        name(key)
        guard let value, value.isFinite else {
            text += "null"
            return
        }
        text += ExactNumber.text(value)
    }

    private mutating func name(_ key: String) {
        separate()
        string(key)
        text += ": "
    }

    private mutating func enclose(_ open: String, _ close: String, _ contents: (inout JSONWriter) -> Void) {
        text += open
        depth += 1
        isEmpty = true
        contents(&self)
        depth -= 1
        if !isEmpty { newLine() }
        text += close
        isEmpty = false
    }

    private mutating func separate() {
        if !isEmpty { text += "," }
        isEmpty = false
        newLine()
    }

    private mutating func newLine() {
        text += "\n"
        for _ in 0..<depth { text += "  " }
    }

    /// Besides what JSON demands, characters that would act on a terminal are escaped: the value is the same.
    private mutating func string(_ value: String) {
        text += "\""
        if value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        {
            text += value
        } else {
            for scalar in value.unicodeScalars {
                switch scalar {
                case "\"": text += "\\\""
                case "\\": text += "\\\\"
                case "\n": text += "\\n"
                case "\r": text += "\\r"
                case "\t": text += "\\t"
                case _ where scalar.isInvisibleControl:
                    for unit in String(scalar).utf16 {
                        let digits = String(unit, radix: 16)
                        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
