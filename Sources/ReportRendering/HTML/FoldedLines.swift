/// A page without long lines, which mail programs cut (RFC 5322 §2.1.1 allows 998 characters) and which are hard to compare.
///
/// A line is broken where HTML ignores a line break or treats it as the space in that place: before the `>` of a tag, between two
/// attributes, and at a space in a text. A word longer than a line is broken by a `<wbr>`, which allows a line break. The contents of
/// `pre`, `script` and `style` are not changed.
struct FoldedLines {
    private static let maximumLength = 880
    private static let verbatim = ["pre", "script", "style"].map { Array($0.utf8) }

    private var folded: [UInt8] = []
    /// The beginning of the current line.
    private var lineStart = 0
    /// The last place in `folded` where the line may be broken, and how.
    private var chance: Chance?

    private enum Chance {
        /// A line break goes before the byte at this place.
        case before(Int)
        /// The space at this place becomes a line break.
        case space(Int)
    }

    static func text(_ html: String) -> String {
        var lines = FoldedLines()
        lines.folded.reserveCapacity(html.utf8.count + html.utf8.count / maximumLength)
        lines.fold(Array(html.utf8))
        return String(decoding: lines.folded, as: UTF8.self)
    }

    private mutating func fold(_ html: [UInt8]) {
        var place = 0
        while place < html.count {
            if html[place] == UInt8(ascii: "<") {
                place = foldTag(html, from: place)
                if let end = Self.endOfVerbatim(html, after: place) {
                    write(html[place..<end])
                    place = end
                }
            } else {
                let end = html[place...].firstIndex(of: UInt8(ascii: "<")) ?? html.count
                foldText(html[place..<end])
                place = end
            }
        }
    }

    private mutating func foldTag(_ html: [UInt8], from start: Int) -> Int {
        var place = start
        var quote: UInt8?
        while place < html.count {
            let byte = html[place]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: " ") {
                chance = .space(folded.count)
            } else if byte == UInt8(ascii: ">"), folded.last != UInt8(ascii: "/"), folded.last != UInt8(ascii: "-") {
                chance = .before(folded.count)
            }
            write(byte)
            place += 1
            if quote == nil, byte == UInt8(ascii: ">") { break }
        }
        return place
    }

    private mutating func foldText(_ text: ArraySlice<UInt8>) {
        var isReference = false
        var wordLength = 0
        for byte in text {
            if byte == UInt8(ascii: "&") { isReference = true }
            if byte == UInt8(ascii: " ") {
                chance = .space(folded.count)
                wordLength = 0
            } else if wordLength >= Self.maximumLength / 4, !isReference || byte == UInt8(ascii: "&"),
                byte & 0xC0 != 0x80
            {
                write(Array("<wbr".utf8)[...])
                chance = .before(folded.count)
                write(UInt8(ascii: ">"))
                wordLength = 0
            }
            write(byte)
            wordLength += 1
            if byte == UInt8(ascii: ";") { isReference = false }
        }
    }

    private mutating func write(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes { write(byte) }
    }

    private mutating func write(_ byte: UInt8) {
        folded.append(byte)
        if byte == UInt8(ascii: "\n") {
            lineStart = folded.count
            chance = nil
        } else if folded.count - lineStart > Self.maximumLength, let chance {
            switch chance {
            case .before(let place):
                folded.insert(UInt8(ascii: "\n"), at: place)
                lineStart = place + 1
            case .space(let place):
                folded[place] = UInt8(ascii: "\n")
                lineStart = place + 1
            }
            self.chance = nil
        }
    }

    /// The end of the element that begins before `place`, if its text must not be changed.
    private static func endOfVerbatim(_ html: [UInt8], after place: Int) -> Int? {
        guard let open = html[..<place].lastIndex(of: UInt8(ascii: "<")) else { return nil }
        let name = html[(open + 1)..<place].prefix { $0 != UInt8(ascii: ">") && $0 > 0x20 }
        guard let kind = verbatim.first(where: { name.elementsEqual($0) }) else { return nil }
        let close = [UInt8](ascii: "</") + kind
        var end = place
        while end < html.count, !html[end...].starts(with: close) { end += 1 }
        return end
    }
}

extension [UInt8] {
    fileprivate init(ascii text: String) { self = Array(text.utf8) }
}
