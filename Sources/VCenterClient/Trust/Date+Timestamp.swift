import FoundationEssentials
import GuestCustomization

extension Date {
    /// The same instant, as certificates have it.
    init(_ instant: Timestamp) {
        self.init(timeIntervalSince1970: TimeInterval(instant.unixMilliseconds) / 1000)
    }
}
