/// A text with its escapes read, and where in the text as it came each byte of it stands.
///
/// Read are, side by side, those of JSON (`\/`, `\u002f`, `\x2f`), of URLs (`%2f`) and of HTML (`&#47;`, `&#x2F;`, `&amp;`): what wrote a
/// text that quotes others is not known.
struct UnescapedText {
    private(set) var bytes: [UInt8] = []
    /// Where in the text as it came each byte begins, and where the last one ends; `nil` for that text itself.
    private var starts: [Int32]?

    /// So many times a text may be quoted in another one.
    private static let deepest = 3

    /// The text as it came, then what its escapes say, then what the escapes in that say.
    static func layers(of text: [UInt8]) -> [UnescapedText] {
        var layers = [UnescapedText(asItCame: text)]
        while layers.count <= deepest, let next = UnescapedText(unescaping: layers[layers.count - 1]) {
            layers.append(next)
        }
        return layers
    }

    private init(asItCame text: [UInt8]) {
        bytes = text
    }

    /// `nil` if nothing in it is escaped.
    private init?(unescaping outer: UnescapedText) {
        let text = outer.bytes
        guard text.contains(where: Self.beginsEscape) else { return nil }
        var starts: [Int32] = []
        bytes.reserveCapacity(text.count)
        starts.reserveCapacity(text.count + 1)
        var index = 0
        var changed = false
        while index < text.count {
            let start = Int32(clamping: outer.start(index))
            if Self.beginsEscape(text[index]), let escape = Escape(in: text, at: index) {
                for byte in escape.bytes {
                    bytes.append(byte)
                    starts.append(start)
                }
                index += escape.length
                changed = true
            } else {
                bytes.append(text[index])
                starts.append(start)
                index += 1
            }
        }
        guard changed else { return nil }
        starts.append(Int32(clamping: outer.start(text.count)))
        self.starts = starts
    }

    private static func beginsEscape(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&")
    }

    private func start(_ index: Int) -> Int { starts.map { Int($0[index]) } ?? index }

    /// The place in the text as it came, escapes whole.
    func source(_ place: Range<Int>) -> Range<Int> {
        var end = place.upperBound
        // An escape of several bytes ends where another begins.
        if let starts { while end < bytes.count, starts[end] == starts[end - 1] { end += 1 } }
        return start(place.lowerBound)..<start(end)
    }
}
