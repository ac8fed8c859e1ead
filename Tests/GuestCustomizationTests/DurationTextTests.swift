import GuestCustomization
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("0ms", 0), ("500ms", 0.5), ("30s", 30), ("5m", 300), ("2h", 7200), ("366d", 31_622_400),
        ("1h30m", 5400), ("1d12h", 129_600), ("2m500ms", 120.5),
    ])
    func `a number and a unit are a duration`(text: String, seconds: Double) {
        #expect(Duration(text: text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "s", "30", "-1s", "1.5h", "1 h", "30m1h", "1h1h", "1h30", "367d", "1w", "99999999999999999999s", "٣s",
        "9223372036854775807d",
    ])
    func `any other text is refused`(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(arguments: ["0ms", "1ms", "1500ms", "30s", "90s", "5m", "1h", "48h"])
    func `a duration is written as it is read`(text: String) throws {
        #expect(try #require(Duration(text: text)).text == text)
    }

    @Test(arguments: [
        (0, "0 s"), (1, "1 s"), (59, "59 s"), (60, "1 m"), (95, "1 m 35 s"), (3600, "1 h"), (11_400, "3 h 10 m"),
        (86_399, "23 h 59 m"), (90_000, "1 d 1 h"), (864_000, "10 d"),
    ])
    func `a sentence shows a duration in two units`(seconds: Int, words: String) {
        #expect(Duration.seconds(seconds).inWords == words)
    }
}
