import Glibc

/// A search for the bytes with which an escape may begin.
///
/// Each of them is sought by `memchr`, which reads most texts at the speed of memory; a loop over the bytes would take most of the time
/// that withholding takes.
struct EscapeSearch {
    /// Where each of these bytes is next.
    private var places: [(byte: CInt, place: Int)] = [
        (CInt(UInt8(ascii: "\\")), -1), (CInt(UInt8(ascii: "%")), -1), (CInt(UInt8(ascii: "&")), -1),
    ]

    /// The first such byte at or after a position, or the end of the text. The positions have to rise from call to call.
    mutating func next(in text: [UInt8], from position: Int) -> Int {
        var first = text.count
        for index in places.indices {
            if places[index].place < position {
                places[index].place = Self.place(of: places[index].byte, in: text, from: position)
            }
            first = min(first, places[index].place)
        }
        return first
    }

    private static func place(of byte: CInt, in text: [UInt8], from position: Int) -> Int {
        text.withUnsafeBytes { text in
            guard position < text.count, let start = text.baseAddress,
                let found = memchr(start + position, byte, text.count - position)
            else { return text.count }
            return UnsafeRawPointer(found) - start
        }
    }
}
