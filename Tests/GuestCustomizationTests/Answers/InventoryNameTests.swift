import GuestCustomization
import Testing

@Suite struct InventoryNameTests {
    @Test(arguments: [
        ("web-01", "web-01"), ("a%2fb", "a/b"), ("a%2Fb", "a/b"), ("CORP%5cweb", #"CORP\web"#),
        ("CORP%5Cweb", #"CORP\web"#),
        ("100%25", "100%"), ("%252f", "%2f"), ("%25252f", "%252f"), ("%%2f", "%/"), ("%2", "%2"), ("%", "%"),
        ("50%20", "50%20"),
        ("%2\u{301}f", "%2\u{301}f"), ("Zu\u{308}rich%2f1", "Z\u{FC}rich/1"), ("", ""), ("京%2f都", "京/都"),
    ])
    func `a name is shown decoded and composed`(raw: String, shown: String) {
        #expect(InventoryName(raw: raw).shown.unicodeScalars.elementsEqual(shown.unicodeScalars))
        #expect(InventoryName(raw: raw).raw.utf8.elementsEqual(raw.utf8))
    }

    @Test(arguments: ["a/b", "a%2fb", "a%2Fb"])
    func `a typed name matches as shown and as the API writes it`(typed: String) {
        #expect(InventoryName(raw: "a%2fb").isMeant(by: typed))
        #expect(!InventoryName(raw: "a%2fc").isMeant(by: typed))
    }

    @Test(arguments: ["Z\u{FC}rich", "Zu\u{308}rich"])
    func `a typed name matches in both forms of Unicode`(typed: String) {
        #expect(InventoryName(raw: "Z\u{FC}rich").isMeant(by: typed))
        #expect(InventoryName(raw: "Zu\u{308}rich").isMeant(by: typed))
    }

    @Test func `a name that contains an escape of its own matches as shown`() {
        // Shown as "100%25", written as "100%2525".
        #expect(InventoryName(raw: "100%2525").isMeant(by: "100%25"))
        #expect(InventoryName(raw: "100%25").isMeant(by: "100%25"))
        #expect(!InventoryName(raw: "100%2525").isMeant(by: "100%"))
    }

    @Test func `any text survives encoding and decoding`() {
        var generator = SystemRandomNumberGenerator()
        let characters: [Character] = ["%", "/", "\\", "2", "5", "f", "F", "c", "C", "é", "e\u{301}", "京", "🚀", " "]
        for _ in 0..<2000 {
            let name = String((0..<Int.random(in: 0...12)).map { _ in characters.randomElement(using: &generator)! })
            let read = InventoryName(raw: InventoryName.escaped(name))
            #expect(read.shown == name)
            #expect(read.isMeant(by: name))
            #expect(
                InventoryName.spellings(of: name).contains { $0.utf8.elementsEqual(read.raw.utf8) || $0 == read.raw })
        }
    }
}
