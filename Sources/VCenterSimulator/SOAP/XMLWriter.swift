/// Writes values of the vim25 API as SOAP has them.
struct XMLWriter {
    private(set) var text = ""

    mutating func raw(_ xml: String) { text += xml }

    /// An element with a value; a list is one element for each of its values.
    mutating func element(_ name: String, _ value: VIValue) {
        switch value {
        case .list(let values): for value in values { element(name, value) }
        case .structure(let type, let members):
            text += "<\(name) xsi:type=\"\(type)\">"
            for (name, member) in members { element(name, member) }
            text += "</\(name)>"
        case .reference(let object):
            text += "<\(name) type=\"\(object.type.xmlEscaped)\">\(object.id.xmlEscaped)</\(name)>"
        case .string(let string): leaf(name, string)
        case .name(let string): leaf(name, string.escapedAsByVCenter)
        case .integer(let number): leaf(name, String(number))
        case .boolean(let flag): leaf(name, flag ? "true" : "false")
        case .date(let instant): leaf(name, instant.rfc3339)
        // Somebody's own JSON has no form in XML.
        case .json: break
        }
    }

    private mutating func leaf(_ name: String, _ string: String) {
        text += "<\(name)>\(string.xmlEscaped)</\(name)>"
    }
}

extension String {
    var xmlEscaped: String {
        // XML has no way to write most control characters.
        String(
            String.UnicodeScalarView(unicodeScalars.filter { $0.value >= 0x20 || "\n\t\r".unicodeScalars.contains($0) })
        )
        .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
