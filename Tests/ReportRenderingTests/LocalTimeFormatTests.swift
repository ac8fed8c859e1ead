import Foundation
import GuestCustomization
import ReportRendering
import Testing

@Suite struct LocalTimeFormatTests {
    @Test(arguments: [
        ("Europe/Berlin", "2026-11-23T07:00:00Z", "2026-11-23 08:00 CET"),
        ("Europe/Berlin", "2026-07-01T07:00:37.9Z", "2026-07-01 09:00:37 CEST"),
        ("America/New_York", "2026-11-23T03:00:00Z", "2026-11-22 22:00 EST"),
        ("Europe/London", "2026-11-23T03:00:00Z", "2026-11-23 03:00 GMT"),
        ("UTC", "2026-11-23T03:00:00Z", "2026-11-23 03:00 UTC"),
        ("Etc/UTC", "2026-11-23T03:00:00Z", "2026-11-23 03:00 UTC"),
        ("Asia/Kathmandu", "2026-11-23T03:00:00Z", "2026-11-23 08:45 UTC+5:45"),
        ("America/Sao_Paulo", "2026-11-23T03:00:00Z", "2026-11-23 00:00 UTC-3"),
        ("UTC", "1969-12-31T23:59:59.999Z", "1969-12-31 23:59:59 UTC"),
    ])
    func `an instant is shown in local time with its zone`(zone: String, instant: String, text: String) throws {
        let format = LocalTimeFormat(try #require(TimeZone(identifier: zone)))
        #expect(format.dateTimeAndZone(try #require(Timestamp(rfc3339: instant))) == text)
    }

    @Test func `tables show whole minutes`() throws {
        let format = LocalTimeFormat(.gmt)
        #expect(format.minute(try #require(Timestamp(rfc3339: "2026-11-23T07:00:59.999Z"))) == "2026-11-23 07:00")
        #expect(format.minute(try #require(Timestamp(rfc3339: "1969-12-31T23:59:59.999Z"))) == "1969-12-31 23:59")
    }

    /// A damaged or tampered history may hold any 64-bit number.
    @Test(arguments: [Int64.min, Int64.max]) func `an instant outside the calendar is still shown`(milliseconds: Int64)
    {
        #expect(!LocalTimeFormat(.gmt).minute(Timestamp(unixMilliseconds: milliseconds)).isEmpty)
    }
}
