import GuestCustomization
import Testing

@Suite struct RateLimitTests {
    @Test(arguments: [
        // Binary fractions put 7 of 125 above 5.6 %, and 29 of 100 above 29 %.
        ("5.6", 7, 125, false), ("5.6%", 8, 125, true), ("5.599999999999", 7, 125, true), ("29%", 29, 100, false),
        ("5", 5, 100, false), ("5", 6, 100, true), ("0", 0, 7, false), ("0%", 1, 1_000_000, true),
        ("0.5%", 1, 200, false), ("0.5", 2, 200, true), ("100", 9, 9, false), ("100.0%", 9, 9, false),
        ("33.333333333333", 1, 3, true), ("33.333333333334", 1, 3, false),
        ("99.999999999999", Int.max, Int.max, true), ("50", 0, 0, false),
    ])
    func `a rate is compared exactly as it was typed`(text: String, failed: Int, finished: Int, isAbove: Bool) throws {
        #expect(try #require(RateLimit(text: text)).isExceeded(by: failed, of: finished) == isAbove)
    }

    @Test(arguments: [("5", "5%"), ("5%", "5%"), ("0.50", "0.50%")])
    func `a rate is shown as it was typed`(text: String, shown: String) {
        #expect(RateLimit(text: text)?.text == shown)
    }

    @Test(arguments: [
        "", "%", "5%%", "-1", "+5", "1e1", "0x5", "inf", "nan", "101", "100.1%", "5,6", "5.", ".5", "5 %", "٥", "1.2.3",
        "0.1234567890123", "99999999999999999999",
    ])
    func `any other text is refused`(text: String) {
        #expect(RateLimit(text: text) == nil)
    }
}
