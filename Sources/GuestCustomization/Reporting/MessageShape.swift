/// An error's message without what differs from VM to VM, so that one fault on a hundred VMs is one error.
///
/// Left out, each as `…`: quoted texts, numbers and whatever has a digit in it (ids, addresses, times, most names), addresses
/// without one, and the given names. Kept, since they say what went wrong: exit statuses, error codes such as `0x80073cf2`, and
/// the parts of paths that have no digit. Only the first 2,000 bytes are read.
public struct MessageShape: Hashable, Sendable {
    public let text: String

    private static let limit = 2000

    /// - Parameter names: What the VM is called; a message that holds one as a word of its own has the same shape for other VMs.
    public init(_ message: String, names: [String] = []) {
        var message = message
        let names = names.filter { !$0.isEmpty }.map { Array($0.utf8) }.sorted { $0.count > $1.count }
        text = message.withUTF8 { bytes in
            var reader = ShapeReader(UnsafeBufferPointer(rebasing: bytes.prefix(Self.limit)), names: names)
            return String(decoding: reader.read(), as: UTF8.self)
        }
    }
}

/// Reads a message once, from its beginning to its end, by bytes: this is done for every failure of a report.
private struct ShapeReader {
    private static let marker = Array("…".utf8)
    private static let quotes: [(open: [UInt8], close: [UInt8])] = [
        ("'", "'"), ("\"", "\""), ("`", "`"), ("‘", "’"), ("“", "”"), ("„", "“"), ("«", "»"), ("「", "」"),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) }
    private static let codeWords: Set<String> = ["status", "code", "exit", "errno", "error", "rc", "http"]

    private let bytes: UnsafeBufferPointer<UInt8>
    private let names: [[UInt8]]
    private var position = 0
    private var shape: [UInt8] = []
    /// The end of the latest marker in `shape`.
    private var markerEnd: Int?
    /// The latest two words, the latest of all at last.
    private var words = (0..<0, 0..<0)
    /// Kinds of quotes that are not closed any more: they are not looked for again.
    private var unclosed: Set<Int> = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, names: [[UInt8]]) {
        self.bytes = bytes
        self.names = names
        shape.reserveCapacity(bytes.count)
    }

    mutating func read() -> [UInt8] {
        while position < bytes.count {
            if let end = endOfName() ?? endOfQuotation() {
                appendMarker()
                position = end
            } else if bytes[position] <= 0x20 {
                if let last = shape.last, last != UInt8(ascii: " ") { shape.append(UInt8(ascii: " ")) }
                position += 1
            } else if bytes[position].isSeparator {
                shape.append(bytes[position])
                position += 1
            } else {
                readWord()
            }
        }
        if shape.last == UInt8(ascii: " ") { shape.removeLast() }
        return shape
    }

    /// A list of variable things is as long as it happens to be: one marker stands for all of it.
    private mutating func appendMarker() {
        if let markerEnd, shape[markerEnd...].allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }) {
            shape.removeSubrange(markerEnd...)
        } else {
            shape += Self.marker
        }
        markerEnd = shape.count
    }

    private func endOfName() -> Int? {
        guard position == 0 || !bytes[position - 1].isPartOfName else { return nil }
        for name in names where bytes.has(name, at: position) {
            let end = position + name.count
            if end == bytes.count || !bytes[end].isPartOfName { return end }
        }
        return nil
    }

    private mutating func endOfQuotation() -> Int? {
        guard bytes[position].maybeQuotes,
            let kind = Self.quotes.indices.first(where: { bytes.has(Self.quotes[$0].open, at: position) }),
            !unclosed.contains(kind)
        else { return nil }
        let (open, close) = Self.quotes[kind]
        // An apostrophe is no quote: it has a letter before it, or after it.
        let isApostrophe = open == [UInt8(ascii: "'")]
        if isApostrophe, position > 0, bytes[position - 1].isPartOfName { return nil }
        var end = position + open.count
        while end < bytes.count {
            if bytes.has(close, at: end) {
                let after = end + close.count
                if !isApostrophe || after == bytes.count || !bytes[after].isPartOfName { return after }
            }
            end += 1
        }
        unclosed.insert(kind)
        return nil
    }

    private mutating func readWord() {
        let start = position
        position += 1
        while position < bytes.count, bytes[position] > 0x20, !bytes[position].isSeparator, !startsQuotation {
            position += 1
        }
        var end = position
        while end > start + 1, bytes[end - 1].isPunctuation { end -= 1 }
        let word = bytes[start..<end]
        if isVariable(word) {
            appendMarker()
        } else {
            if word.isPath { appendPath(word) } else { shape += word }
        }
        words = (words.1, start..<end)
        shape += bytes[end..<position]
    }

    private var startsQuotation: Bool {
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "`"): true
        case UInt8(ascii: "'"): !bytes[position - 1].isPartOfName
        case 0xC2, 0xE2, 0xE3: Self.quotes.contains { bytes.has($0.open, at: position) }
        default: false
        }
    }

    private func isVariable(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        if word.isErrorCode { return false }
        if word.isURL || word.contains(UInt8(ascii: "@")) { return true }
        if word.isPath { return false }
        if word.contains(where: \.isDigit) { return !(word.isNumber && followsCodeWord) }
        return word.isHardwareAddress || word.isHostName
    }

    /// `exit status 127`, `exited with 127`: other numbers say how much or who, this one says what.
    private var followsCodeWord: Bool {
        let latest = lowercased(words.1)
        return Self.codeWords.contains(latest) || (latest == "with" && lowercased(words.0).hasPrefix("exit"))
    }

    private func lowercased(_ word: Range<Int>) -> String {
        String(decoding: bytes[word], as: UTF8.self).lowercased()
    }

    private mutating func appendPath(_ path: Slice<UnsafeBufferPointer<UInt8>>) {
        var rest = path[...]
        while let first = rest.first {
            if first.isPathSeparator {
                shape.append(first)
                rest = rest.dropFirst()
                continue
            }
            let component = rest.prefix { !$0.isPathSeparator }
            shape += component.contains(where: \.isDigit) ? Self.marker[...] : ArraySlice(component)
            rest = rest.dropFirst(component.count)
        }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isHexDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
    fileprivate var isLetter: Bool { self >= 0x80 || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    fileprivate var isPartOfName: Bool {
        isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_")
    }
    fileprivate var isSeparator: Bool {
        switch Unicode.Scalar(self) {
        case ",", ";", "=", "(", ")", "[", "]", "{", "}", "<", ">", "|": true
        default: false
        }
    }
    fileprivate var isPunctuation: Bool {
        switch Unicode.Scalar(self) {
        case ".", ":", "!", "?", "'", "\"": true
        default: false
        }
    }
    /// Whether one of `ShapeReader.quotes` may begin with it.
    fileprivate var maybeQuotes: Bool {
        switch self {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), 0xC2, 0xE2, 0xE3: true
        default: false
        }
    }
    fileprivate var isPathSeparator: Bool { self == UInt8(ascii: "/") || self == UInt8(ascii: "\\") }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func has(_ part: [UInt8], at position: Int) -> Bool {
        position + part.count <= count && self[position] == part[0]
            && part.indices.allSatisfy { self[position + $0] == part[$0] }
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    fileprivate var isPath: Bool { contains(where: \.isPathSeparator) }
    fileprivate var isURL: Bool {
        guard let colon = firstIndex(of: UInt8(ascii: ":")) else { return false }
        return self[colon...].starts(with: "://".utf8)
    }
    /// An HRESULT or a status of Windows NT.
    fileprivate var isErrorCode: Bool {
        count == 10 && self[startIndex] == UInt8(ascii: "0") && self[startIndex + 1] | 0x20 == UInt8(ascii: "x")
            && dropFirst(2).allSatisfy(\.isHexDigit)
    }
    fileprivate var isNumber: Bool {
        let digits = first == UInt8(ascii: "-") ? dropFirst() : self
        return !digits.isEmpty && digits.allSatisfy(\.isDigit)
    }
    /// A MAC or IPv6 address without a digit.
    fileprivate var isHardwareAddress: Bool {
        allSatisfy { $0.isHexDigit || $0 == UInt8(ascii: ":") } && count(where: { $0 == UInt8(ascii: ":") }) >= 2
    }
    /// `vc.example.org`, but neither `setuperr.log` nor an identifier such as `com.vmware.x`.
    fileprivate var isHostName: Bool {
        guard count(where: { $0 == UInt8(ascii: ".") }) >= 2 else { return false }
        let labels = split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return !labels[0].elementsEqual("com".utf8)
            && labels.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isPartOfName) }
    }
}
