/// The value of a JSON text, as far as it can be understood.
///
/// Foundation's decoder is not used on server input: it rejects an answer for one bad character, and for each missing member
/// or wrong type it makes an error with the whole path; 51 KB of nested messages took five seconds. Here
/// nothing is thrown, and time and memory are proportional to the length of the text.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// As written.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text. A duplicate name has its first value.
    case object([Member])

    struct Member: Sendable {
        var name: String
        var value: JSONValue
    }

    /// The value of a member; `nil` if it is absent or null, or this is not an object.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self, let found = members.first(where: { $0.name == name })?.value else {
            return nil
        }
        if case .null = found { return nil }
        return found
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// A whole number, such as `17`, `17.0` or `1.7e1`, if it fits.
    var integer: Int64? { numberText.flatMap { Int64($0) ?? Double($0).flatMap(Int64.init(exactly:)) } }

    /// A finite number.
    var double: Double? { numberText.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }

    /// No real measurement is longer; parsing a million digits would be slow.
    private var numberText: String? {
        if case .number(let text) = self, text.utf8.count <= 64 { text } else { nil }
    }
}
