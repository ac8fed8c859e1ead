import Testing

@testable import ReportRendering

@Suite struct FigureTextTests {
    @Test(
        arguments: [
            (nil, "–"), (0, "0.0%"), (0.25, "25.0%"), (1.0 / 3, "33.3%"), (1, "100.0%"), (0.0001, "<0.1%"),
            (0.9999, ">99.9%"),
        ] as [(Double?, String)])
    func `a rate is not rounded to none or all`(rate: Double?, text: String) {
        #expect(FigureText.percent(rate) == text)
    }

    @Test(
        arguments: [
            (nil, "–"), (0, "0s"), (0.001, "<0.1s"), (0.4, "0.4s"), (41.25, "41.3s"), (59.94, "59.9s"), (59.96, "1m"),
            (192.4, "3m12s"), (3599.6, "1h"), (7500, "2h05m"), (86_370, "1d"), (604_800, "7d"), (270_000, "3d03h"),
            (315_537_897_600, "3652059d"),
        ] as [(Double?, String)])
    func `a duration is shown in its two largest units`(seconds: Double?, text: String) {
        #expect(FigureText.duration(seconds) == text)
    }
}
