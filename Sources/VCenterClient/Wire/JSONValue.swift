/// What a JSON text says, as far as it can be understood.
///
/// Foundation's decoder is not used on what a server sends: it gives an answer up for one bad character, and where something is missing
/// or of another type it makes an error for each, which holds the way to it; 51 KB of nested messages took it five seconds. Here
/// nothing is thrown, and reading takes time and room in proportion to the length of the text.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// As it was written.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text. A name that is there twice has its first value.
    case object([Member])

    struct Member: Sendable {
        var name: String
        var value: JSONValue
    }

    /// The value of a member; `nil` if it is absent or null, or this is no object.
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

    /// A number that is whole, such as `17`, `17.0` or `1.7e1`, and fits.
    var integer: Int64? { numberText.flatMap { Int64($0) ?? Double($0).flatMap(Int64.init(exactly:)) } }

    /// A number that is finite.
    var double: Double? { numberText.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }

    /// No number that anyone measures is longer; one of a million digits would take its time.
    private var numberText: String? {
        if case .number(let text) = self, text.utf8.count <= 64 { text } else { nil }
    }
}
