import Glibc

/// A text with its escapes decoded, and the position of each of its bytes in the original text.
///
/// The escapes of JSON (`\/`, `\u002f`, `\x2f`), URLs (`%2f`) and HTML (`&#47;`, `&#x2F;`, `&amp;`) are decoded together, because it is
/// not known which program wrote a text that quotes others.
struct UnescapedText {
    private(set) var bytes: [UInt8] = []
    /// The start of each byte in the original text, and the end of the last one; `nil` for the original text itself.
    private var starts: [Int32]?

    /// How deeply one text may be quoted in another.
    private static let maximumDepth = 3

    /// The original text, then the text with its escapes decoded, then the same with the escapes in that decoded, and so on.
    static func layers(of text: [UInt8]) -> [UnescapedText] {
        var layers = [UnescapedText(asItCame: text)]
        while layers.count <= maximumDepth, let next = UnescapedText(unescaping: layers[layers.count - 1]) {
            layers.append(next)
        }
        return layers
    }

    /// Whether the bytes of one of these layers satisfy a condition. Uses far less memory than the layers, which have positions.
    static func anyLayer(of text: [UInt8], satisfies condition: ([UInt8]) -> Bool) -> Bool {
        var layer = UnescapedText(asItCame: text)
        for depth in 0...maximumDepth {
            if condition(layer.bytes) { return true }
            guard depth < maximumDepth, let next = UnescapedText(unescaping: layer, tracksPositions: false) else {
                break
            }
            layer = next
        }
        return false
    }

    private init(asItCame text: [UInt8]) {
        bytes = text
    }

    /// `nil` if it contains no escape.
    private init?(unescaping outer: UnescapedText, tracksPositions: Bool = true) {
        let text = outer.bytes
        guard Self.escapeSigns.contains(where: { text.contains(byte: $0) }) else { return nil }
        var starts: [Int32] = []
        bytes.reserveCapacity(text.count)
        if tracksPositions { starts.reserveCapacity(text.count + 1) }
        var index = 0
        var changed = false
        while index < text.count {
            if Self.beginsEscape(text[index]), let escape = Escape(in: text, at: index) {
                bytes += escape.bytes
                if tracksPositions {
                    starts += repeatElement(Int32(clamping: outer.start(index)), count: escape.bytes.count)
                }
                index += escape.length
                changed = true
            } else {
                let end = Self.nextEscape(in: text, after: index)
                bytes += text[index..<end]
                if tracksPositions { starts += (index..<end).lazy.map { Int32(clamping: outer.start($0)) } }
                index = end
            }
        }
        guard changed else { return nil }
        guard tracksPositions else { return }
        starts.append(Int32(clamping: outer.start(text.count)))
        self.starts = starts
    }

    private static let escapeSigns = [UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "&")]

    private static func beginsEscape(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&")
    }

    /// Where the next one may begin, or the end of the text.
    private static func nextEscape(in text: [UInt8], after index: Int) -> Int {
        text.withUnsafeBufferPointer { text in
            var index = index + 1
            while index < text.count, !beginsEscape(text[index]) { index += 1 }
            return index
        }
    }

    private func start(_ index: Int) -> Int { starts.map { Int($0[index]) } ?? index }

    /// The range in the original text, with whole escapes.
    func source(_ place: Range<Int>) -> Range<Int> {
        var end = place.upperBound
        // An escape of several bytes ends where the next one begins.
        if let starts { while end < bytes.count, starts[end] == starts[end - 1] { end += 1 } }
        return start(place.lowerBound)..<start(end)
    }
}

extension [UInt8] {
    /// Looks at many bytes at once: nearly no text has an escape.
    fileprivate func contains(byte: UInt8) -> Bool {
        withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, CInt(byte), bytes.count) != nil } ?? false
        }
    }
}
