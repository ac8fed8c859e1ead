import Foundation
import Testing

@testable import GuestCustomization

@Suite struct NameGlobTests {
    @Test(arguments: [
        ("web-*", "web-01"), ("*", ""), ("web-0[1-3]", "web-02"), ("web-?", "web-é"), ("?京-web", "東京-web"),
        ("a[1]", "a[1]"), ("Z\u{FC}rich", "Zu\u{308}rich"), ("*/*", "a/b"), ("Zu\u{308}*", "Z\u{FC}rich"),
        ("web%2f*", "web/01"), ("100%25", "100%"),
        ("100%25", "100%25"), ("50%?", "50%5"), ("*é?", "aéé"), ("a[*", "a[b"), ("[[]*", "[b"), ("[éà]*[!a]", "àé"),
        ("*[[:alpha:]]京*", "東京"),
    ])
    func `a glob matches a name`(pattern: String, name: String) {
        #expect(NameGlob(pattern).matches(name))
    }

    /// `fnmatch` takes practically forever for some of these.
    @Test func `matching many stars takes linear time`() {
        let name = String(repeating: "a", count: 5000)
        let pattern = String(repeating: "*a", count: 30)
        #expect(NameGlob(pattern).matches(name))
        #expect(!NameGlob(pattern + "b").matches(name))
        #expect(!NameGlob(String(repeating: "*[ab]", count: 30) + "c*").matches(String(name.prefix(500))))
    }

    /// The C library's matcher is the oracle for texts that it matches quickly. Outside ASCII it also lets parts of
    /// characters match, and it sometimes rejects an unclosed bracket.
    @Test func `random patterns match as in the C library`() {
        var generator = SystemRandomNumberGenerator()
        let seed = Int.random(in: 0..<1 << 31, using: &generator)
        srandom(UInt32(seed))
        let pieces = [
            "*", "?", "a", "b", "[ab]", "[!a]", "[^b]", "[a-b]", "[]a]", "]", "\\*", "\\a", "[[:alpha:]]",
            "-", "**", "[\\]a]",
        ]
        let letters = ["a", "b", "*", "]", "[", "-", "c"]
        for _ in 0..<20_000 {
            let pattern = (0..<random() % 6).map { _ in pieces[random() % pieces.count] }.joined()
            let name = (0..<random() % 6).map { _ in letters[random() % letters.count] }.joined()
            #expect(
                GlobPattern(pattern).matches(name) == (fnmatch(pattern, name, 0) == 0),
                "\(pattern.debugDescription) on \(name.debugDescription), seed \(seed)")
        }
    }

    @Test(arguments: [
        ("web-*", "Web-01"), ("web", "web-01"), ("web-0[1-3]", "web-04"), ("web-?", "web-10"), ("a[!a][é]", "aé"),
    ])
    func `a glob does not match other names`(pattern: String, name: String) {
        #expect(!NameGlob(pattern).matches(name))
    }
}
