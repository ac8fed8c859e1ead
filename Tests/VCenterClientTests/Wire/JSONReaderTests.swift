import Foundation
import TestSupport
import Testing

@testable import VCenterClient

@Suite struct JSONReaderTests {
    private static func read(_ text: String) -> JSONValue? { JSONReader.value(of: Array(text.utf8)) }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "tru", "nul", "-", "1.", ".5",
        "1e", "+1",
        "\"", "\"\\\"", #""\q""#, #""\u12""#, #""\u12G4""#, "<html>", "'a'", "NaN", "[1 2]", "{\"a\" 1}",
    ])
    func `a text that is not JSON is refused`(text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test(arguments: [
        (#""""#, ""), (#""a\/b\"\\\b\f\n\r\t""#, "a/b\"\\\u{8}\u{C}\n\r\t"), (#""\u00e9\uD83D\uDE00""#, "é😀"),
        (#""\ud800""#, "\u{FFFD}"), (#""\ude00x\ud83d""#, "\u{FFFD}x\u{FFFD}"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        ("\"a\nb\u{0}\"", "a\nb\u{0}"), (" \"a\" behind", "a"),
    ])
    func `strings are read`(text: String, value: String) {
        #expect(Self.read(text)?.string == value)
    }

    @Test(arguments: [
        ("17", 17), ("-0", 0), ("1.7e1", 17), ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ("9223372036854775808", nil), ("0.5", nil), ("1e400", nil), ("1" + String(repeating: "0", count: 100), nil),
    ])
    func `whole numbers are read`(text: String, value: Int64?) {
        #expect(Self.read(text)?.integer == value)
    }

    @Test func `invalid UTF-8 and a byte order mark are read`() {
        #expect(JSONReader.value(of: [0x22, 0xFF, 0x61, 0x22])?.string == "\u{FFFD}a")
        #expect(JSONReader.value(of: [0xEF, 0xBB, 0xBF, 0x5B, 0x5D])?.array?.isEmpty == true)
    }

    @Test func `a null member counts as missing, and the first of two is used`() {
        let value = Self.read(#"{"a":null,"b":1,"b":2,"c":false}"#)
        #expect(value?["a"] == nil && value?["d"] == nil)
        #expect(value?["b"]?.integer == 1)
        #expect(value?.members?.map(\.name) == ["a", "b", "b", "c"])
    }

    /// Foundation's reader is the oracle for which texts are JSON and for their strings.
    @Test func `random texts are read as Foundation reads them`() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: .min ... .max, using: &generator)
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u00e9\"", "1", "-2.5e3 ", "true", "null", " ", "\"\\n\"",
            "\"b\":",
        ]
        for _ in 0..<4000 {
            var text = "["
            for _ in 0..<Int.random(in: 0..<7, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            text += "]"
            // Text after the value is ignored here and an error in Foundation.
            let depths = text.reduce(into: (0, [Int]())) { state, character in
                state.0 += "[{".contains(character) ? 1 : "]}".contains(character) ? -1 : 0
                state.1.append(state.0)
            }.1
            if depths.dropLast().contains(where: { $0 <= 0 }) { continue }
            // Foundation accepts a comma at the end of an array or an object; RFC 8259 does not.
            let compact = text.filter { !$0.isWhitespace }
            if compact.contains(",]") || compact.contains(",}") {
                #expect(Self.read(text) == nil, "\(text) (seed \(seed))")
                continue
            }
            let oracle = try? JSONSerialization.jsonObject(with: Data(text.utf8))
            let read = Self.read(text)
            #expect((oracle == nil) == (read == nil), "\(text) (seed \(seed))")
            #expect((oracle as? [Any])?.count == read?.array?.count, "\(text) (seed \(seed))")
            #expect((oracle as? [Any])?.map { $0 as? String } == read?.array?.map(\.string), "\(text) (seed \(seed))")
        }
    }

}
