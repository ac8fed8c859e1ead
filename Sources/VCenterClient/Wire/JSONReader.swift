/// Reads a server's JSON text within bounds. It is strict about the grammar and lenient about the characters.
///
/// It tolerates bytes that are not UTF-8 and lone surrogates (read as U+FFFD), control characters in a string (kept), text
/// after the value (ignored), and nesting deeper than the bound (read as null), because messages may nest without a stated limit.
struct JSONReader {
    static let maximumNesting = 128
    /// A list of 4000 VMs, the longest that vCenter sends, has 20,000 values.
    static let maximumValues = 250_000

    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var depth = 0
    private var values = 0

    private struct NotJSON: Error {}

    private init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    /// `nil` if it is not JSON, or has more values than any answer does.
    static func value(of body: [UInt8]) -> JSONValue? {
        body.withUnsafeBufferPointer { text in
            var reader = JSONReader(text)
            if text.starts(with: [0xEF, 0xBB, 0xBF]) { reader.index = 3 }
            return try? reader.value()
        }
    }

    private mutating func value() throws(NotJSON) -> JSONValue {
        values += 1
        guard values <= Self.maximumValues else { throw NotJSON() }
        skipBlanks()
        guard index < text.count else { throw NotJSON() }
        switch text[index] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try nested(Self.object)
        case UInt8(ascii: "["): return try nested(Self.array)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(_ read: (inout JSONReader) throws(NotJSON) -> JSONValue) throws(NotJSON) -> JSONValue {
        guard depth < Self.maximumNesting else {
            try skipNested()
            return .null
        }
        depth += 1
        index += 1
        let value = try read(&self)
        depth -= 1
        return value
    }

    private static func object(_ reader: inout JSONReader) throws(NotJSON) -> JSONValue {
        var members: [JSONValue.Member] = []
        if reader.take("}") { return .object(members) }
        repeat {
            reader.skipBlanks()
            guard reader.index < reader.text.count, reader.text[reader.index] == UInt8(ascii: "\"") else {
                throw NotJSON()
            }
            let name = try reader.string()
            guard reader.take(":") else { throw NotJSON() }
            members.append(JSONValue.Member(name: name, value: try reader.value()))
        } while reader.take(",")
        guard reader.take("}") else { throw NotJSON() }
        return .object(members)
    }

    private static func array(_ reader: inout JSONReader) throws(NotJSON) -> JSONValue {
        var elements: [JSONValue] = []
        if reader.take("]") { return .array(elements) }
        repeat { elements.append(try reader.value()) } while reader.take(",")
        guard reader.take("]") else { throw NotJSON() }
        return .array(elements)
    }

    /// Skips the brackets that begin here, whatever they contain.
    private mutating func skipNested() throws(NotJSON) {
        var open = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                _ = try endOfString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): open -= 1
            default: break
            }
            index += 1
            if open == 0 { return }
        }
        throw NotJSON()
    }

    private mutating func skipBlanks() {
        while index < text.count, [0x20, 0x0A, 0x0D, 0x09].contains(text[index]) { index += 1 }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard index < text.count, text[index] == UInt8(ascii: sign) else { return false }
        index += 1
        return true
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(NotJSON) -> JSONValue {
        let end = index + word.utf8CodeUnitCount
        guard end <= text.count,
            text[index..<end].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        else { throw NotJSON() }
        index = end
        return value
    }

    private mutating func number() throws(NotJSON) -> JSONValue {
        let start = index
        func digits() throws(NotJSON) {
            let first = index
            while index < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) { index += 1 }
            guard index > first else { throw NotJSON() }
        }
        func takes(_ signs: [UInt8]) -> Bool {
            guard index < text.count, signs.contains(text[index]) else { return false }
            index += 1
            return true
        }
        _ = takes([UInt8(ascii: "-")])
        try digits()
        if takes([UInt8(ascii: ".")]) { try digits() }
        if takes([UInt8(ascii: "e"), UInt8(ascii: "E")]) {
            _ = takes([UInt8(ascii: "+"), UInt8(ascii: "-")])
            try digits()
        }
        return .number(String(decoding: text[start..<index], as: UTF8.self))
    }

    /// Skips the string that begins here; returns whether it contains escapes.
    private mutating func endOfString() throws(NotJSON) -> Bool {
        index += 1
        var hasEscapes = false
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index += 2
            case UInt8(ascii: "\""):
                index += 1
                return hasEscapes
            default: index += 1
            }
        }
        throw NotJSON()
    }

    private mutating func string() throws(NotJSON) -> String {
        let start = index + 1
        let hasEscapes = try endOfString()
        let content = text[start..<index - 1]
        guard hasEscapes else { return String(decoding: content, as: UTF8.self) }
        guard let read = JSONEscapes.read(content) else { throw NotJSON() }
        return String(decoding: read, as: UTF8.self)
    }
}
