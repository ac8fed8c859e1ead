/// A secret to look for, and the length of a part that gives it away.
struct SoughtSecret: Sendable {
    /// Whether it is so short that it may appear in any text by chance.
    let isShort: Bool
    /// The number of consecutive bytes that a text must not share with it; all bytes of a short secret.
    private let run: Int
    /// All its runs of that length.
    private let runs: Set<Window>
    /// Whether a short secret is sought only as a separate word.
    private let isWord: Bool
    /// How many bytes a sample of a text has: a part of a run short enough that only a few samples of a text need to be looked at.
    private let sampleLength: Int
    /// A filter on the hashes of all samples of the secret: it settles almost every sample of a text that repeats nothing.
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
    }

    private static let maximumRunLength = 16
    private static let filterSize = 1 << 13

    /// - Parameter isRandom: Whether the secret is random, so that half as long a part already gives it away.
    init(_ bytes: [UInt8], isRandom: Bool) {
        isShort = bytes.count < 8
        // A server may have cut off its end, or shown only a part of it.
        let limit = isRandom ? 8 : Self.maximumRunLength
        run = isShort ? bytes.count : min(bytes.count - max(1, bytes.count / 4), limit)
        // A secret that is not a word of any language does not match a word by chance.
        isWord = bytes.count < 4 || bytes.allSatisfy(Self.isOfWord)
        sampleLength = min(run, 3)
        var runs: Set<Window> = []
        var filter = [Bool](repeating: false, count: Self.filterSize)
        let (run, sampleLength) = (run, sampleLength)
        bytes.withUnsafeBufferPointer { bytes in
            guard run > 0 else { return }
            Self.windows(of: bytes, in: 0..<bytes.count, run) { _, window in runs.insert(window) }
            for start in 0...bytes.count - sampleLength { filter[Self.hash(bytes, start, sampleLength)] = true }
        }
        self.runs = runs
        self.filter = filter
    }

    /// The places where a text repeats it, in order. They may overlap.
    ///
    /// Each run of the text contains one of the samples, which are just so far apart that no run fits between two. Only the runs
    /// around a sample that the secret contains as well are compared with the secret's.
    func places(in text: [UInt8]) -> [Range<Int>] {
        var places: [Range<Int>] = []
        let distance = run - sampleLength + 1
        text.withUnsafeBufferPointer { text in
            var sample = 0
            // A loop over a stride takes several times as long in a debug build.
            while sample <= text.count - max(sampleLength, 1) {
                if filter[Self.hash(text, sample, sampleLength)] {
                    let around = max(0, sample - distance + 1)..<min(text.count, sample + run)
                    Self.windows(of: text, in: around, run) { end, window in
                        if runs.contains(window) { add(end - run..<end, in: text, to: &places) }
                    }
                }
                sample += distance
            }
        }
        return places
    }

    private func add(_ place: Range<Int>, in text: UnsafeBufferPointer<UInt8>, to places: inout [Range<Int>]) {
        if isShort, isWord, Self.isPartOfWord(place, text) { return }
        if let last = places.last, last.upperBound >= place.lowerBound {
            places[places.count - 1] = last.lowerBound..<place.upperBound
        } else {
            places.append(place)
        }
    }

    /// A hash of the up to three bytes of a sample.
    private static func hash(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ length: Int) -> Int {
        var hash = Int(text[start])
        if length > 1 { hash = hash << 5 ^ Int(text[start + 1]) }
        if length > 2 { hash = hash << 5 ^ Int(text[start + 2]) }
        return hash & (filterSize - 1)
    }

    private static func windows(
        of text: UnsafeBufferPointer<UInt8>, in range: Range<Int>, _ run: Int, _ body: (_ end: Int, Window) -> Void
    ) {
        let mask = Window.mask(run)
        var window = Window()
        for index in range {
            window.take(text[index], keeping: mask)
            if index + 1 - range.lowerBound >= run { body(index + 1, window) }
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...: true
        default: false
        }
    }

    private static func isPartOfWord(_ place: Range<Int>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        func continues(_ byte: UInt8) -> Bool {
            isOfWord(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
        return place.lowerBound > 0 && continues(text[place.lowerBound]) && continues(text[place.lowerBound - 1])
            || place.upperBound < text.count && continues(text[place.upperBound - 1])
                && continues(text[place.upperBound])
    }
}
