/// An error's message without what differs from VM to VM, so that one fault on a hundred VMs is one error.
///
/// Left out, each as `…`: quoted texts, numbers and whatever has a digit in it (ids, addresses, times, most names), addresses
/// without one, dates, names that `mkdtemp` made, and the given names. Kept, since they say what went wrong: exit statuses,
/// error codes such as `0x80073cf2`, and the other parts of paths that have no digit. Only the first 2,000 bytes are read.
package struct MessageShape: Hashable, Sendable {
    package let text: String

    /// - Parameter names: What the VM is called; a message that holds one as a word of its own has the same shape for other VMs.
    package init(_ message: String, names: [String] = []) {
        self = VaryingMessage(message, names: names).shape
    }

    fileprivate init(text: String) {
        self.text = text
    }
}

/// A message of which others have the same shape: it is shown without what differs between them.
struct VaryingMessage {
    let shape: MessageShape
    let message: String
    /// The bytes that the shape has a marker for.
    private let places: [Range<Int>]
    /// At which of these places another message says something else.
    private var varies: [Bool]

    /// Of hostile texts no more is read.
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

    /// Takes in where another message differs. One of another shape, since it is in another language, tells nothing of
    /// what is alike.
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
        // What was not compared may name a VM as well.
        shown += bytes[position..<min(bytes.count, max(position, Self.limit))]
        return String(decoding: shown, as: UTF8.self) + (bytes.count > Self.limit ? "…" : "")
    }
}
