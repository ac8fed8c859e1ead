import TestSupport
import Testing

@testable import ReportRendering

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("web-01", "web-01", 6),
        ("数据库", "数据库", 6),
        ("e\u{301}te\u{301}", "e\u{301}te\u{301}", 3),
        ("한국", "한국", 4),
        ("\u{1112}\u{1161}\u{11AB}", "\u{1112}\u{1161}\u{11AB}", 2),
        ("שרת", "שרת", 3),
        ("🚀", "🚀", 2),
        ("🇩🇪", "🇩🇪", 2),
        ("👍🏽", "👍", 2),
        ("👩‍💻", "👩💻", 4),
        ("❤️", "❤", 1),
        ("a\r\nb\tc\u{2028}d\u{A0}e", "a b c d e", 9),
        ("a  b", "a  b", 4),
        ("\u{1B}[31mred\u{1B}[0m", "[31mred[0m", 10),
        ("\u{9B}31m\u{0}\u{7F}x", "31mx", 4),
        ("exe.\u{202E}gpj", "exe.gpj", 7),
        ("a\u{2066}\u{200B}\u{FEFF}\u{AD}\u{200F}b", "ab", 2),
        ("\u{301}a", "a", 1),
        ("\u{378}", "\u{FFFD}", 1),
        ("", "", 0),
    ])
    func `a text is made safe and measured`(text: String, shown: String, width: Int) {
        let safe = TerminalText(text)
        #expect(Array(safe.string.unicodeScalars) == Array(shown.unicodeScalars))
        #expect(safe.width == width)
    }

    @Test(arguments: [
        ("web-frontend-01", 8, "web-fro…", "web-…-01"),
        ("web", 3, "web", "web"),
        ("数据库北京", 6, "数据…", "数…京"),
        ("ab", 1, "…", "…"),
        ("ab", 0, "", ""),
    ])
    func `a cut text is marked`(text: String, columns: Int, atEnd: String, inMiddle: String) {
        #expect(TerminalText(text).truncated(to: columns).string == atEnd)
        #expect(TerminalText(text).truncatedInMiddle(to: columns).string == inMiddle)
    }

    @Test func `many combining marks do not cover other lines`() {
        let heap = TerminalText("a" + String(repeating: "\u{301}", count: 10_000))
        #expect(heap.width == 1)
        #expect(heap.string.unicodeScalars.count == 9)
    }

    @Test func `a long text is read only as far as needed`() {
        let long = TerminalText(String(repeating: "漢", count: 10_000), upTo: 50)
        #expect(long.width == 52)
        #expect(long.truncated(to: 50).string.hasSuffix("漢…"))
    }

    /// Any text becomes printable, has the stated width and is cut to the given number of columns.
    @Test(arguments: 1...200) func `any text is printable and fits`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let text = hostileText(using: &random)
        let safe = TerminalText(text)
        #expect(!safe.string.unicodeScalars.contains { $0.isUnseen })
        #expect(TerminalText(safe.string) == safe)
        let columns = Int.random(in: 0...30, using: &random)
        for cut in [safe.truncated(to: columns), safe.truncatedInMiddle(to: columns)] {
            #expect(cut.width <= columns)
            #expect(TerminalText(cut.string).width == cut.width)
            #expect(cut == safe || cut.string.contains("…") || columns == 0)
        }
    }
}
