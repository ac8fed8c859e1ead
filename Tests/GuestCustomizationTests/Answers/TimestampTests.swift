import Foundation
import GuestCustomization
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-23T08:00:00.123Z", 1_795_420_800_123),
        ("2026-11-23T08:00:00.1Z", 1_795_420_800_100),
        ("2026-11-23T08:00:00.123999999999999999Z", 1_795_420_800_123),
        ("2026-11-23T09:00:00.123+01:00", 1_795_420_800_123),
        ("2026-11-23T02:30:00.123-0530", 1_795_420_800_123),
        ("2026-11-23t08:00:00.123z", 1_795_420_800_123),
        ("2026-11-23 08:00:00,123Z", 1_795_420_800_123),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000),
    ])
    func `an RFC 3339 time is read`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.unixMilliseconds == milliseconds)
    }

    @Test(arguments: [
        (253_402_300_800_000, "10000-01-01T00:00:00.000Z"), (Int64.max, "292278994-08-17T07:12:55.807Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-62_167_219_200_001, "-0001-12-31T23:59:59.999Z"),
        (Int64.min, "-292275055-05-16T16:47:04.192Z"),
    ])
    func `an instant of any year is written`(milliseconds: Int64, text: String) {
        #expect(Timestamp(unixMilliseconds: milliseconds).rfc3339 == text)
    }

    @Test(arguments: [
        "", "Z", "2026-11-23", "2026-11-23T08:00:00", "2026-11-23T08:00Z", "2026-11-23T08:00:00.Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T08:60:00Z", "2026-11-23T08:00:61Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "0000-01-01T00:00:00Z", "12026-11-23T08:00:00Z",
        "2026-11-23T08:00:00Zjunk", " 2026-11-23T08:00:00Z", "2026-11-23T08:00:00+24:00", "2026-11-23T08:00:00+01:60",
        "2026-11-23T08:00:00+1", "٢٠٢٦-11-23T08:00:00Z", "-026-11-23T08:00:00Z",
    ])
    func `a text that is not an instant is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `a written time is read back`() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let instant = Timestamp(
                unixMilliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random))
            #expect(Timestamp(rfc3339: instant.rfc3339) == instant)
            #expect(instant.rfc3339.utf8.count == 24 && instant.rfc3339.hasSuffix("Z"))
        }
    }

    @Test func `written times sort as their instants`() {
        var random = SeededGenerator(seed: 2)
        let instants = (0..<500).map { _ in
            Timestamp(unixMilliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random))
        }
        #expect(instants.sorted().map(\.rfc3339) == instants.map(\.rfc3339).sorted())
    }

    @Test func `arithmetic saturates instead of overflowing`() {
        let instant = Timestamp(unixMilliseconds: 1500)
        #expect(instant.advanced(bySeconds: -1.5).unixMilliseconds == 0)
        #expect(instant.advanced(bySeconds: 0.0004) == instant)
        #expect(instant.advanced(bySeconds: 1e300).unixMilliseconds == .max)
        #expect(instant.advanced(bySeconds: -1e300).unixMilliseconds == .min)
        #expect(Timestamp(unixMilliseconds: .max).advanced(bySeconds: 1).unixMilliseconds == .max)
        #expect(Timestamp(unixMilliseconds: .min).advanced(bySeconds: -1).unixMilliseconds == .min)
        #expect(Timestamp(unixMilliseconds: .max).seconds(since: Timestamp(unixMilliseconds: .min)) > 1e16)
        #expect(instant.seconds(since: Timestamp(unixMilliseconds: 2000)) == -0.5)
    }
}
