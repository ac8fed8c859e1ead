/// An error's message without the parts that differ from VM to VM, so that one fault on a hundred VMs is one error.
///
/// Replaced by `…`: quoted texts, numbers and any word with a digit in it (ids, addresses, times, most names), addresses without
/// a digit, dates, names made by `mkdtemp`, and the given names. Kept, because they say what went wrong: exit statuses, error
/// codes such as `0x80073cf2`, and the parts of paths that have no digit. Only the first 2,000 bytes are read.
package struct MessageShape: Hashable, Sendable {
    /// The message with `…` for the parts left out.
    package let text: String

    /// - Parameter names: The VM's names; a message that contains one as a whole word has the same shape for other VMs.
    package init(_ message: String, names: [String] = []) {
        self = VaryingMessage(message, names: names).shape
    }

    fileprivate init(text: String) {
        self.text = text
    }
}

/// A message that may stand for others of the same shape: it is shown with `…` where they differ.
struct VaryingMessage {
    let shape: MessageShape
    let message: String
    /// The byte ranges for which the shape has a marker.
    private let places: [Range<Int>]
    /// Whether another message differs at each of these places.
    private var varies: [Bool]

    /// Bytes of a text that are read, since it may be hostile.
    static let limit = 2000

    init(_ message: String, names: [String] = []) {
        var text = message
        let (shape, places) = text.withUTF8 { bytes in
            var reader = ShapeReader(
                UnsafeBufferPointer(rebasing: bytes.prefix(Self.limit)), names: VariableNames(names))
            return reader.read()
        }
        self.message = message
        self.shape = MessageShape(text: String(decoding: shape, as: UTF8.self))
        self.places = places
        varies = Array(repeating: false, count: places.count)
    }

    /// Notes where another message differs. A message of another shape, because of its language, cannot be compared and is
    /// ignored.
    mutating func add(_ other: VaryingMessage) {
        guard shape == other.shape, places.count == other.places.count else {
            varies = Array(repeating: true, count: places.count)
            return
        }
        for index in places.indices where !varies[index] {
            varies[index] = other.varies[index] || !value(index).elementsEqual(other.value(index))
        }
    }

    private func value(_ index: Int) -> Substring.UTF8View {
        let utf8 = message.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: places[index].lowerBound)
        return Substring(utf8[start..<utf8.index(start, offsetBy: places[index].count)]).utf8
    }

    /// The message with `…` for what differs.
    var text: String {
        guard varies.contains(true) else { return message }
        let bytes = Array(message.utf8)
        var shown: [UInt8] = []
        var position = 0
        for (place, varies) in zip(places, varies) where varies {
            shown += bytes[position..<place.lowerBound] + Array("…".utf8)
            position = place.upperBound
        }
        // The part that was not compared may name a VM too.
        shown += bytes[position..<min(bytes.count, max(position, Self.limit))]
        return String(decoding: shown, as: UTF8.self) + (bytes.count > Self.limit ? "…" : "")
    }
}
