import GuestCustomization
import Testing

@Suite("Globs on names")
struct NameGlobTests {
    @Test(arguments: [
        ("web-*", "web-01"), ("*", ""), ("web-0[1-3]", "web-02"), ("web-?", "web-é"), ("?京-web", "東京-web"),
        ("a[1]", "a[1]"), ("Z\u{FC}rich", "Zu\u{308}rich"), ("*/*", "a/b"), ("Zu\u{308}*", "Z\u{FC}rich"),
        ("web%2f*", "web/01"), ("100%25", "100%"),
        ("100%25", "100%25"), ("50%?", "50%5"),
    ])
    func `match`(pattern: String, name: String) {
        #expect(NameGlob(pattern).matches(name))
    }

    @Test(arguments: [("web-*", "Web-01"), ("web", "web-01"), ("web-0[1-3]", "web-04"), ("web-?", "web-10")])
    func `do not match`(pattern: String, name: String) {
        #expect(!NameGlob(pattern).matches(name))
    }
}
