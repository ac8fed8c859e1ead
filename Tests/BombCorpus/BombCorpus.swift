import TestSupport

/// Answers designed to take much time, each of about 64 KB: for the tests, which check the result, and for the benchmark, which
/// measures the time.
package struct Bomb: Sendable, CustomStringConvertible {
    package var name: String
    package var status: Int
    package var body: [UInt8]
    /// Whether it replaces a readable customization status.
    package var isReported: Bool

    package var description: String { name }

    init(_ name: String, status: Int = 200, isReported: Bool = false, _ body: String) {
        self.name = name
        self.status = status
        self.body = Array(body.utf8)
        self.isReported = isReported
    }

    /// The usual length of a body, in bytes.
    package static let size = 64 * 1024

    /// All known kinds; the random ones depend on `seed`.
    package static func all(seed: UInt64 = 1) -> [Bomb] {
        statuses + errors + pages + random(seed)
    }

    private static func filled(_ piece: String, upTo size: Int = size) -> String {
        String(repeating: piece, count: max(1, size / piece.utf8.count))
    }

    private static func nested(_ open: String, _ close: String, _ inside: String = "0", upTo size: Int = size) -> String
    {
        let count = size / (open.utf8.count + close.utf8.count)
        return String(repeating: open, count: count) + inside + String(repeating: close, count: count)
    }

    private static func failed(_ error: String) -> String { #"{"status":"FAILED","error":\#(error)}"# }

    /// 200 answers about a customization.
    private static var statuses: [Bomb] {
        let message = #"{"id":"x.y","default_message":"It failed.","params":"#
        let wide = (0..<700).map { #""p\#($0)":{"l":{"id":"i","params":{"q":{"l":{"id":"j"}}}}}"# }.joined(
            separator: ",")
        let keys = (0..<7000).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
        return [
            Bomb("plain message of 64 KB", isReported: true, failed("\"\(filled("word "))\"")),
            Bomb(
                "messages nested in messages", isReported: true,
                failed(message + nested(#"{"a":{"l":{"id":"x","params":"#, "}}}") + "}")),
            Bomb("messages beside messages", isReported: true, failed(message + "{\(wide)}}")),
            Bomb("errors nested in errors", isReported: true, failed(nested(#"{"error":"#, "}", "\"it failed\""))),
            Bomb("lists nested in lists", isReported: true, failed(nested("[", "]", "\"it failed\""))),
            Bomb(
                "a few nested lists", isReported: true,
                failed(String(repeating: "[", count: 120) + "\"x\"" + String(repeating: "]", count: 120))),
            Bomb("values nested in unknown members", isReported: true, failed(nested(#"{"z":[{},"#, "]}", "{}"))),
            Bomb("empty parameters", isReported: true, failed(message + "{\(filled(#""":{},"#))\"z\":{}}}")),
            Bomb("members without end", isReported: true, #"{"status":"FAILED",\#(keys)}"#),
            Bomb("members of one name", isReported: true, #"{"status":"FAILED",\#(filled(#""a":1,"#))"b":1}"#),
            Bomb("empty arrays", isReported: true, failed("[\(filled("[],"))[]]")),
            Bomb("numbers", isReported: true, failed("[\(filled("1,"))1]")),
            Bomb("a number of 64 KB", isReported: true, failed(#"{"id":"x","params":{"n":{"i":\#(filled("9"))}}}"#)),
            Bomb(
                "a fraction of 64 KB", isReported: true, failed(#"{"id":"x","params":{"n":{"d":0.\#(filled("1"))}}}"#)),
            Bomb(
                "exponents", isReported: true,
                failed(#"{"id":"x","params":{\#(filled(#""n":{"d":1e999999999},"#))"n":{"d":1}}}"#)),
            Bomb("escapes", isReported: true, failed("\"\(filled(#"\u0041"#))\"")),
            Bomb("escaped slashes", isReported: true, failed("\"\(filled(#"\/"#))\"")),
            Bomb("lone surrogates", isReported: true, failed("\"\(filled(#"\ud800"#))\"")),
            Bomb("combining marks", isReported: true, failed("\"a\(filled("\u{301}\u{316}"))\"")),
            Bomb("a status of 64 KB", "{\"status\":\"\(filled("S"))\"}"),
            Bomb(
                "a time of 64 KB", isReported: true,
                "{\"status\":\"FAILED\",\"start_time\":\"2026-11-01T00:00:00.\(filled("1"))Z\"}"),
            Bomb("brackets that open", filled("[")),
            Bomb("braces that open", filled(#"{"a":"#)),
            Bomb("brackets that open and close", nested("[", "]")),
            Bomb("blanks", filled(" \n\t")),
            Bomb("a string without an end", "\"" + filled(#"\""#)),
        ]
    }

    /// Refusals in vCenter's form.
    private static var errors: [Bomb] {
        func refused(_ messages: String) -> String { #"{"error_type":"ERROR","messages":[\#(messages)]}"# }
        return [
            Bomb("empty messages", status: 503, refused(filled("{},") + "{}")),
            Bomb("messages that are none", status: 503, refused(filled("[],") + "1")),
            Bomb("arguments", status: 503, refused(#"{"id":"x","args":[\#(filled(#""v","#))"w"]}"#)),
            Bomb(
                "arguments that nearly name the VM", status: 503,
                refused(#"{"id":"x","args":["\#(filled("vm-1 vm-:"))"]}"#)),
            Bomb(
                "texts that nearly name the VM", status: 503,
                refused(#"{"id":"x","default_message":"\#(filled("vm:"))"}"#)),
            Bomb(
                "nested parameters", status: 503,
                refused(#"{"id":"x","params":\#(nested(#"{"a":{"l":{"id":"x","params":"#, "}}}"))}"#)),
            Bomb("an identifier of 64 KB", status: 404, refused(#"{"id":"com.vmware.\#(filled("aB."))"}"#)),
            Bomb("a type of 64 KB", status: 500, #"{"type":"com.vmware.vapi.std.errors.\#(filled("a."))","value":{}}"#),
        ]
    }

    /// Pages of a proxy in front of a vCenter.
    private static var pages: [Bomb] {
        [
            "<", "<<>", "<a", "</", "<style>", "<script", "<style><script>", "<a b='", "&", "&amp;", "&#x", "&lt", "%",
            "%25", "%2", "\\", #"\u"#, #"\\"#, " ", "a ", "e\u{301}", "\u{200B}",
        ]
        .map { Bomb("a page of \($0.debugDescription)", status: 503, filled($0)) }
    }

    /// Pieces of all of these in any order.
    private static func random(_ seed: UInt64) -> [Bomb] {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", #"\""#, #"\u00"#, "null", "1e9", "\"id\"", "\"messages\":",
            "\"error\":", "\"params\":{",
            "\"l\":{", "<", ">", "</style>", "<script>", "%2", "&#", "&amp;", " ", "\n", "é", "\u{1F600}",
        ]
        return (1...4).map { number in
            var body = number.isMultiple(of: 2) ? #"{"status":"FAILED","error":"# : ""
            while body.utf8.count < size { body += pieces.randomElement(using: &random) ?? "" }
            return Bomb("random pieces \(number)", status: number < 3 ? 200 : 500, body)
        }
    }

}
