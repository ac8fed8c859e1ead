/// The elements of a JSON array, or the members of an object, as they are written, so that each can be kept whole and read by itself.
enum JSONElements {
    /// `nil` if the text is not an array; the elements themselves are not checked.
    static func slices(of body: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        split(body, from: UInt8(ascii: "["), to: UInt8(ascii: "]"))
    }

    static func slices(of body: [UInt8]) -> [ArraySlice<UInt8>]? { slices(of: body[...]) }

    /// By name; the first of those with the same name. `nil` if the text is not an object; the values themselves are not checked.
    static func members(of body: ArraySlice<UInt8>) -> [String: ArraySlice<UInt8>]? {
        guard let members = split(body, from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) else { return nil }
        var values: [String: ArraySlice<UInt8>] = [:]
        for member in members {
            guard let end = endOfName(member), let name = JSONReader.value(of: Array(member[..<end]))?.string else {
                return nil
            }
            let value = trimmed(member[end...])
            guard value.first == UInt8(ascii: ":") else { return nil }
            if values[name] == nil { values[name] = trimmed(value.dropFirst()) }
        }
        return values
    }

    /// `nil` if the text is not an object with this member.
    static func value(of name: String, in body: ArraySlice<UInt8>) -> ArraySlice<UInt8>? { members(of: body)?[name] }

    /// Where the string that begins here has ended.
    private static func endOfName(_ text: ArraySlice<UInt8>) -> Int? {
        guard text.first == UInt8(ascii: "\"") else { return nil }
        var index = text.startIndex + 1
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "\"") { return index + 1 }
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, isBlank(first) { text = text.dropFirst() }
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }

    /// What stands between the commas inside the outermost brackets.
    private static func split(_ body: ArraySlice<UInt8>, from first: UInt8, to last: UInt8) -> [ArraySlice<UInt8>]? {
        let body = trimmed(body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body)
        guard body.first == first else { return nil }
        return body.withUnsafeBufferPointer { text in
            ranges(in: text, to: last)?.map {
                trimmed(body[body.startIndex + $0.lowerBound..<body.startIndex + $0.upperBound])
            }
        }?.filter { !$0.isEmpty }
    }

    /// The ranges between the commas. Such a text may be megabytes long.
    private static func ranges(in text: UnsafeBufferPointer<UInt8>, to last: UInt8) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        var (index, start, depth, isInString) = (1, 1, 0, false)
        while index < text.count {
            let byte = text[index]
            if isInString {
                if byte == UInt8(ascii: "\\") { index += 1 } else if byte == UInt8(ascii: "\"") { isInString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case last where depth == 0:
                    ranges.append(start..<index)
                    return ranges
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                case UInt8(ascii: ",") where depth == 0:
                    ranges.append(start..<index)
                    start = index + 1
                default: break
                }
            }
            index += 1
        }
        return nil
    }
}
