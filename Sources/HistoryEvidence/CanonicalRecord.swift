/// A record in the one form in which it is hashed: a JSON object by RFC 8785 whose values are strings, integers and null.
///
/// Members must be added in the order of their names' bytes. RFC 8785 escapes in strings only `"`, `\` and the characters below U+0020.
package struct CanonicalRecord: Sendable {
    /// The record so far, in UTF-8; complete after `finish`.
    package private(set) var bytes: [UInt8]

    /// A record without members.
    package init() {
        bytes = [UInt8(ascii: "{")]
        bytes.reserveCapacity(320)
    }

    /// Begins another record in the same memory.
    package mutating func restart() {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(UInt8(ascii: "{"))
    }

    /// Adds the closing brace.
    package mutating func finish() { bytes.append(UInt8(ascii: "}")) }

    /// Adds a text, or `null`.
    package mutating func add(_ name: StaticString, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// Adds an integer, or `null`.
    package mutating func add(_ name: StaticString, _ value: Int64?) {
        key(name)
        guard let value else { return null() }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        digits(value.magnitude)
    }

    /// Adds bytes as hexadecimal digits.
    package mutating func add(_ name: StaticString, hex value: UnsafeRawBufferPointer) {
        key(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: HexDigits.of(value))
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func key(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func null() { bytes.append(contentsOf: "null".utf8) }

    private mutating func digits(_ value: UInt64) {
        if value >= 10 { digits(value / 10) }
        bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    private mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        var value = value
        let isPlain = value.withUTF8 { text in
            text.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        }
        if isPlain {
            value.withUTF8 { bytes.append(contentsOf: $0) }
        } else {
            for byte in value.utf8 { escape(byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0..<0x20:
            bytes.append(contentsOf: #"\u00"#.utf8)
            withUnsafeBytes(of: byte) { bytes.append(contentsOf: HexDigits.of($0)) }
        default: bytes.append(byte)
        }
    }
}
