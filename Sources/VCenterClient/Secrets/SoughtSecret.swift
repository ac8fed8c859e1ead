/// A secret to look for, and the length of a part that gives it away.
struct SoughtSecret: Sendable {
    /// Whether it is so short that it may appear in any text by chance.
    let isShort: Bool
    let bytes: [UInt8]
    /// The number of consecutive bytes that a text must not share with it; all bytes of a short secret.
    let run: Int
    /// All its runs of that length.
    private let runs: Set<Window>
    /// Whether a short secret is sought only as a separate word.
    private let isWord: Bool
    /// A filter on the hashes of `runs`: it settles almost every position of a text that repeats nothing.
    private let filter: [Bool]

    /// The last 16 bytes of a text, or as many as the length of a run.
    private struct Window: Hashable {
        var high: UInt64 = 0
        var low: UInt64 = 0

        /// Advances by one byte.
        mutating func take(_ byte: UInt8, keeping mask: Window) {
            high = (high << 8 | low >> 56) & mask.high
            low = (low << 8 | UInt64(byte)) & mask.low
        }

        /// The bits of the last `count` bytes.
        static func mask(_ count: Int) -> Window {
            func ones(_ bytes: Int) -> UInt64 { bytes >= 8 ? .max : (1 << (8 * UInt64(max(bytes, 0)))) - 1 }
            return Window(high: ones(count - 8), low: ones(count))
        }

        static let filterBits = 13
        var filterBit: Int {
            Int(truncatingIfNeeded: ((low ^ high &* 31) &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - Self.filterBits))
        }
    }

    static let maximumRunLength = 16

    /// - Parameter isRandom: Whether the secret is random, so that half as long a part already gives it away.
    init(_ bytes: [UInt8], isRandom: Bool) {
        self.bytes = bytes
        isShort = bytes.count < 8
        // A server may have cut off its end, or shown only a part of it.
        let limit = isRandom ? 8 : Self.maximumRunLength
        run = isShort ? bytes.count : min(bytes.count - max(1, bytes.count / 4), limit)
        // A secret that is not a word of any language does not match a word by chance.
        isWord = bytes.count < 4 || bytes.allSatisfy(Self.isOfWord)
        var runs: Set<Window> = []
        var filter = [Bool](repeating: false, count: 1 << Window.filterBits)
        let run = run
        Self.windows(of: bytes, run) { _, window in
            runs.insert(window)
            filter[window.filterBit] = true
            return
        }
        self.runs = runs
        self.filter = filter
    }

    /// The places where a text repeats it, in order. They may overlap.
    func places(in text: [UInt8]) -> [Range<Int>] {
        var places: [Range<Int>] = []
        filter.withUnsafeBufferPointer { filter in
            Self.windows(of: text, run) { end, window in
                guard filter[window.filterBit], runs.contains(window) else { return }
                let place = end - run..<end
                if isShort, isWord, Self.isPartOfWord(place, text) { return }
                if let last = places.last, last.upperBound >= place.lowerBound {
                    places[places.count - 1] = last.lowerBound..<end
                } else {
                    places.append(place)
                }
            }
        }
        return places
    }

    @inline(__always)
    private static func windows(of text: [UInt8], _ run: Int, _ body: (_ end: Int, Window) -> Void) {
        guard text.count >= run else { return }
        let mask = Window.mask(run)
        var window = Window()
        text.withUnsafeBufferPointer { text in
            for index in 0..<text.count {
                window.take(text[index], keeping: mask)
                if index + 1 >= run { body(index + 1, window) }
            }
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...: true
        default: false
        }
    }

    private static func isPartOfWord(_ place: Range<Int>, _ text: [UInt8]) -> Bool {
        func continues(_ byte: UInt8) -> Bool {
            isOfWord(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
        return place.lowerBound > 0 && continues(text[place.lowerBound]) && continues(text[place.lowerBound - 1])
            || place.upperBound < text.count && continues(text[place.upperBound - 1])
                && continues(text[place.upperBound])
    }
}
