/// Reads a message once, from beginning to end, byte by byte: this is done for every failure of a report.
struct ShapeReader {
    private static let marker = Array("…".utf8)
    private static let quotes: [(open: [UInt8], close: [UInt8])] = [
        ("'", "'"), ("\"", "\""), ("`", "`"), ("‘", "’"), ("“", "”"), ("„", "“"), ("«", "»"), ("「", "」"),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) }
    /// Words before a number that says what went wrong; other numbers are amounts or names.
    private static let codeWords: Set<String> = [
        "status", "code", "exit", "exited", "exitcode", "exitstatus", "exit-code", "returned", "retcode", "errno",
        "error",
        "errorlevel", "rc", "http", "hresult", "signal", "err",
    ]
    private static let linkWords: Set<String> = ["with", "of", "is", "was", "value"]
    private static let calendarWords: Set<String> = [
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday",
        "saturday",
        "sunday", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "january",
        "february",
        "march", "april", "june", "july", "august", "september", "october", "november", "december",
    ]
    private static let clockWords: Set<String> = [
        "AM", "PM", "am", "pm", "UTC", "GMT", "CET", "CEST", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT",
        "BST",
        "IST", "JST",
    ]

    private let bytes: UnsafeBufferPointer<UInt8>
    private let names: VariableNames
    private var position = 0
    private var shape: [UInt8] = []
    private var places: [Range<Int>] = []
    /// The end of the latest marker in `shape`.
    private var markerEnd: Int?
    /// The latest two words, the latest one last.
    private var words = (0..<0, 0..<0)
    /// Kinds of quotes that are not closed in the rest of the text: they are not searched for again.
    private var unclosed: Set<Int> = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, names: VariableNames) {
        self.bytes = bytes
        self.names = names
        shape.reserveCapacity(bytes.count)
    }

    /// The shape, and the range that each of its markers stands for.
    mutating func read() -> (shape: [UInt8], places: [Range<Int>]) {
        while position < bytes.count {
            if let end = names.end(at: position, in: bytes) {
                appendMarker(for: position..<end)
                position = end
            } else if let quotation = quotation() {
                appendMarker(for: quotation.inside)
                position = quotation.end
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
        return (shape, places)
    }

    /// One marker stands for a whole list of variable things, whatever its length.
    private mutating func appendMarker(for place: Range<Int>) {
        if continuesList, let markerEnd, let last = places.last {
            shape.removeSubrange(markerEnd...)
            places[places.count - 1] = last.lowerBound..<place.upperBound
        } else {
            shape += Self.marker
            places.append(place)
        }
        markerEnd = shape.count
    }

    /// Whether only blanks follow the latest marker.
    private var followsMarker: Bool { markerEnd.map { shape[$0...].allSatisfy { $0 == UInt8(ascii: " ") } } ?? false }

    /// Whether only blanks and commas follow the latest marker.
    private var continuesList: Bool {
        markerEnd.map { shape[$0...].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") } } ?? false
    }

    private mutating func quotation() -> (inside: Range<Int>, end: Int)? {
        guard bytes[position].maybeQuotes,
            let kind = Self.quotes.indices.first(where: { bytes.has(Self.quotes[$0].open, at: position) }),
            !unclosed.contains(kind)
        else { return nil }
        let (open, close) = Self.quotes[kind]
        // An apostrophe is not a quote: it has a letter before or after it.
        let isApostrophe = open == [UInt8(ascii: "'")]
        if isApostrophe, position > 0, bytes[position - 1].isPartOfName { return nil }
        let start = position + open.count
        var end = start
        while end < bytes.count {
            if bytes.has(close, at: end) {
                let after = end + close.count
                if !isApostrophe || after == bytes.count || !bytes[after].isPartOfName { return (start..<end, after) }
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
            appendMarker(for: start..<end)
        } else if word.isPath {
            appendPath(start..<end)
        } else {
            // Upper and lower case do not distinguish codes.
            shape += word.isErrorCode ? word.map(\.lowercased) : Array(word)
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
        if word.contains(where: \.isDigit) { return !((word.isNumber || word.isHexNumber) && followsCodeWord) }
        return word.isHardwareAddress || word.isHostName || word.isTemporaryName || isOfDate(word)
    }

    /// `exit status 127`, `exited with 127`, `error code of 5`.
    private var followsCodeWord: Bool {
        let latest = lowercased(words.1)
        return Self.codeWords.contains(latest)
            || Self.linkWords.contains(latest) && Self.codeWords.contains(lowercased(words.0))
    }

    /// `Mon Nov 23`, and `UTC` or `PM` after a time.
    private func isOfDate(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = word.first, first.isLetter, (2...9).contains(word.count) else { return false }
        guard first.isCapital || followsMarker else { return false }
        let text = String(decoding: word, as: UTF8.self)
        if Self.clockWords.contains(text) { return followsMarker }
        guard first.isCapital, Self.calendarWords.contains(text.lowercased()) else { return false }
        if continuesList { return true }
        let next = bytes[word.endIndex...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }
        if next.first?.isDigit ?? false { return true }
        let following = String(decoding: next.prefix { $0.isLetter }, as: UTF8.self)
        return Self.calendarWords.contains(following.lowercased()) && following.utf8.first?.isCapital ?? false
    }

    private func lowercased(_ word: Range<Int>) -> String {
        String(decoding: bytes[word], as: UTF8.self).lowercased()
    }

    private mutating func appendPath(_ path: Range<Int>) {
        var start = path.lowerBound
        var isInTemporaryDirectory = false
        while start < path.upperBound {
            if bytes[start].isPathSeparator {
                shape.append(bytes[start])
                start += 1
                continue
            }
            let component = bytes[start..<path.upperBound].prefix { !$0.isPathSeparator }
            let end = start + component.count
            if component.contains(where: \.isDigit) || component.isTemporaryName
                || isInTemporaryDirectory && component.isRandomName || names.end(at: start, in: bytes) == end
            {
                appendMarker(for: start..<end)
            } else {
                shape += component
            }
            isInTemporaryDirectory = isInTemporaryDirectory || component.isTemporaryDirectory
            start = end
        }
    }
}
