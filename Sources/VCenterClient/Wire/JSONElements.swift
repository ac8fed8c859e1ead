/// The elements of a JSON array as they are written, so that each can be kept whole and read by itself.
enum JSONElements {
    /// `nil` if the text is not an array; the elements themselves are not checked.
    static func slices(of body: [UInt8]) -> [ArraySlice<UInt8>]? {
        var index = body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while index < body.count, isBlank(body[index]) { index += 1 }
        guard index < body.count, body[index] == UInt8(ascii: "[") else { return nil }
        index += 1
        var slices: [ArraySlice<UInt8>] = []
        var (start, depth, isInString) = (index, 0, false)
        func add(upTo end: Int) {
            var slice = body[start..<end]
            while let first = slice.first, isBlank(first) { slice = slice.dropFirst() }
            while let last = slice.last, isBlank(last) { slice = slice.dropLast() }
            if !slice.isEmpty { slices.append(slice) }
        }
        while index < body.count {
            let byte = body[index]
            if isInString {
                if byte == UInt8(ascii: "\\") { index += 1 } else if byte == UInt8(ascii: "\"") { isInString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]") where depth == 0:
                    add(upTo: index)
                    return slices
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                case UInt8(ascii: ",") where depth == 0:
                    add(upTo: index)
                    start = index + 1
                default: break
                }
            }
            index += 1
        }
        return nil
    }
}
