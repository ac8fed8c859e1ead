import Testing

@testable import VCenterClient

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("1ms", Duration.milliseconds(1)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
        ("007s", .seconds(7)), ("720h", .seconds(30 * 86400)),
    ])
    func `a whole number and a unit make a duration`(text: String, duration: Duration) {
        #expect(DurationText.duration(text) == duration)
    }

    @Test(arguments: ["1ms", "30s", "90s", "5m", "1h", "720h"])
    func `a duration is written as it is read`(text: String) throws {
        #expect(DurationText.text(try #require(DurationText.duration(text))) == text)
    }

    @Test(arguments: [
        "", "s", "30", "0s", "-1s", "+1s", "1.5s", "30 s", "30S", "1d", "1h30m", "721h", "99999999999999999999s",
        "9223372036854775807h", "٣s",
    ])
    func `anything else makes none`(text: String) {
        #expect(DurationText.duration(text) == nil)
    }
}
