/// Positions in `OpenRun.tracked` by managed object id. Every poll is looked up here: to hash a text takes four times as long as to hash the
/// two words that nearly all ids fit into. 32-bit integers keep more of them in the CPU cache.
struct TrackedPositions {
    private var short: [ShortName: Int32] = [:]
    private var long: [String: Int32] = [:]

    mutating func reserveCapacity(_ count: Int) { short.reserveCapacity(count) }

    func of(_ moid: String) -> Int32? {
        if let name = ShortName(moid) { short[name] } else { long[moid] }
    }

    mutating func set(_ position: Int32, of moid: String) {
        if let name = ShortName(moid) { short[name] = position } else { long[moid] = position }
    }
}

/// A text of up to 15 bytes; the last byte is their number.
private struct ShortName: Hashable {
    private var words: (UInt64, UInt64)

    init?(_ text: String) {
        let count = text.utf8.count
        guard count < 16 else { return nil }
        words = (0, 0)
        var text = text
        withUnsafeMutableBytes(of: &words) { target in
            text.withUTF8 { target.copyMemory(from: UnsafeRawBufferPointer($0)) }
            target[15] = UInt8(count)
        }
    }

    static func == (left: ShortName, right: ShortName) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
