/// Writes JSON with its keys in the order of the calls, laid out as by `jq .`.
///
/// Foundation's encoder can keep no order of keys except the alphabetical one.
struct JSONWriter {
    /// In bytes; a piece that has reached this length is finished.
    private static let pieceLength = 1 << 20
    /// The finished pieces. One long text would be in memory two or three times while it grows and is turned into a string.
    private var finished: [String] = []
    /// The piece that is being written, as bytes because appending to them is fastest.
    private var bytes: [UInt8] = []
    private var depth = 0
    private var isEmpty = true

    /// The document, with a line break at its end, in pieces that follow each other.
    var pieces: [String] { finished + [String(decoding: bytes, as: UTF8.self) + "\n"] }

    /// The document, with a line break at its end.
    var text: String { pieces.joined() }

    mutating func object(_ members: (inout JSONWriter) -> Void) {
        enclose("{", "}", members)
    }

    /// A document that is an array of objects.
    mutating func array<Element>(_ elements: [Element], _ members: (inout JSONWriter, Element) -> Void) {
        enclose("[", "]") { writer in
            for element in elements {
                writer.separate()
                writer.object { members(&$0, element) }
            }
        }
    }

    mutating func field(_ key: String, _ members: (inout JSONWriter) -> Void) {
        name(key)
        object(members)
    }

    mutating func field<Element>(
        _ key: String, array elements: [Element], _ members: (inout JSONWriter, Element) -> Void
    ) {
        name(key)
        array(elements, members)
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
        if let value { string(value) } else { append("null") }
    }

    mutating func field(_ key: String, _ value: Bool) {
        name(key)
        append(value ? "true" : "false")
    }

    mutating func field(_ key: String, _ value: Int) {
        name(key)
        append(String(value))
    }

    /// A finite number, or `null`; an integer has no decimal point.
    mutating func field(_ key: String, _ value: Double?) {
        name(key)
        guard let value, value.isFinite else {
            append("null")
            return
        }
        append(ExactNumber.text(value))
    }

    private mutating func name(_ key: String) {
        separate()
        string(key)
        append(": ")
    }

    private mutating func enclose(_ open: String, _ close: String, _ contents: (inout JSONWriter) -> Void) {
        append(open)
        depth += 1
        isEmpty = true
        contents(&self)
        depth -= 1
        if !isEmpty { newLine() }
        append(close)
        isEmpty = false
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        if bytes.count >= Self.pieceLength {
            finished.append(String(decoding: bytes, as: UTF8.self))
            bytes.removeAll(keepingCapacity: true)
        }
        if !isEmpty { append(",") }
        isEmpty = false
        newLine()
    }

    private mutating func newLine() {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func string(_ value: String) { append(JSONText.quoted(value)) }
}
