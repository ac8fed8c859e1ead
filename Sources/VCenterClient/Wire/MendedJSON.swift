import Foundation

/// JSON text with the faults taken out that keep Foundation's decoder from reading what can be understood.
///
/// The raw body is stored as it came; this copy only serves to read it. Mended are: bytes that are not UTF-8 and lone
/// surrogates (read as U+FFFD), control characters in a string (read as they are), text behind the value (cut), and nesting
/// deeper than the decoder allows (read as null). Nested messages may nest without a stated limit;
/// Foundation's decoder gives up at 512 levels.
enum MendedJSON {
    static let deepestNesting = 128

    /// Decodes `body`, or a mended copy of it where the decoder cannot read it as it is.
    static func decode<Value: Decodable>(_ type: Value.Type, from body: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        if !mayHaveBadText(body), let value = try? decoder.decode(type, from: Data(body)) { return value }
        return try decoder.decode(type, from: mended(body))
    }

    /// Whether a string in `body` may be one that the decoder refuses; it only finds out when that string is asked for.
    private static func mayHaveBadText(_ body: [UInt8]) -> Bool {
        guard String(validating: body, as: UTF8.self) != nil else { return true }
        return body.contains { $0 < 0x20 }
            || body.indices.dropLast(2).contains {
                body[$0] == UInt8(ascii: "\\") && body[$0 + 1] == UInt8(ascii: "u")
                    && body[$0 + 2] | 0x20 == UInt8(ascii: "d")
            }
    }

    private static func mended(_ body: [UInt8]) -> Data {
        let text = Array(String(decoding: body, as: UTF8.self).utf8)
        var output = Data(capacity: text.count)
        var depth = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""):
                let end = endOfString(text, from: index)
                if depth <= deepestNesting { output.append(mendedString(text[index..<end])) }
                index = end
                if depth == 0 { return output }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth <= deepestNesting {
                    output.append(byte)
                } else if depth == deepestNesting + 1 {
                    output.append(contentsOf: "null".utf8)
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth <= deepestNesting { output.append(byte) }
                depth -= 1
                if depth <= 0 { return output }
            default:
                if depth <= deepestNesting { output.append(byte) }
            }
            index += 1
        }
        return output
    }

    /// The index behind the closing quotation mark of the string that begins at `start`.
    private static func endOfString(_ text: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "\""): return index + 1
            default: index += 1
            }
        }
        return text.count
    }

    private static func mendedString(_ string: ArraySlice<UInt8>) -> Data {
        func codeUnit(at index: Int) -> UInt16? {
            guard index + 6 <= string.endIndex, string[index] == UInt8(ascii: "\\"),
                string[index + 1] == UInt8(ascii: "u")
            else { return nil }
            return UInt16(String(decoding: string[index + 2..<index + 6], as: UTF8.self), radix: 16)
        }
        var output = Data(capacity: string.count)
        var index = string.startIndex
        while index < string.endIndex {
            guard string[index] == UInt8(ascii: "\\") else {
                if string[index] < 0x20 {
                    output.append(
                        contentsOf: "\\u00\(string[index] < 0x10 ? "0" : "")\(String(string[index], radix: 16))".utf8)
                } else {
                    output.append(string[index])
                }
                index += 1
                continue
            }
            var length = 2
            if let unit = codeUnit(at: index), (0xD800...0xDFFF).contains(unit) {
                let isPair = unit < 0xDC00 && codeUnit(at: index + 6).map { (0xDC00...0xDFFF).contains($0) } == true
                length = isPair ? 12 : 6
                if !isPair {
                    output.append(contentsOf: #"\ufffd"#.utf8)
                    index += length
                    continue
                }
            }
            let end = min(index + length, string.endIndex)
            output.append(contentsOf: string[index..<end])
            index = end
        }
        return output
    }
}
