import Foundation
import GuestCustomization
import NIOHTTP1
import Synchronization

extension SimulatedResponse {
    /// Status line and headers as sent over the wire.
    func head(date: DateHeader, isKeepAlive: Bool) -> [UInt8] {
        head(date: date, isKeepAlive: isKeepAlive, length: body.count)
    }

    /// - Parameter length: `nil` omits it, so that the body lasts until the connection ends.
    func head(date: DateHeader, isKeepAlive: Bool, length: Int?) -> [UInt8] {
        var text = "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n"
        func add(_ name: String, _ value: @autoclosure () -> String?) {
            guard !headers.contains(where: { $0.name.lowercased() == name.lowercased() }), let value = value() else {
                return
            }
            text += "\(name): \(value)\r\n"
        }
        add("Date", date.value)
        add("Content-Type", body.isEmpty ? nil : "application/json")
        add("Content-Length", status == 204 ? nil : length.map { String($0) })
        add("Connection", isKeepAlive ? nil : "close")
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }
}

/// The `Date` header from the simulated vCenter's clock, formatted once a second.
final class DateHeader: Sendable {
    private let clock: @Sendable () -> Timestamp
    private let latest = Mutex<(seconds: Int64, text: String)>((.min, ""))

    init(clock: @escaping @Sendable () -> Timestamp) {
        self.clock = clock
    }

    /// In the fixed form of RFC 9110 §5.6.7, such as `Sun, 01 Nov 2026 08:00:00 GMT`.
    var value: String {
        let now = clock().unixMilliseconds
        let seconds = now / 1000 - (now % 1000 < 0 ? 1 : 0)
        return latest.withLock { latest in
            if latest.seconds != seconds { latest = (seconds, Self.text(ofUnixSeconds: seconds)) }
            return latest.text
        }
    }

    private static func text(ofUnixSeconds seconds: Int64) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var clock = time_t(seconds)
        var fields = tm()
        gmtime_r(&clock, &fields)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(days[Int(fields.tm_wday)]), \(two(fields.tm_mday)) \(months[Int(fields.tm_mon)]) "
            + "\(fields.tm_year + 1900) \(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec)) GMT"
    }
}
