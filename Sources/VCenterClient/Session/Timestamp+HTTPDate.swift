import GuestCustomization

extension Timestamp {
    /// Parses an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`, in the only form that servers may send.
    ///
    /// Source: RFC 9110 §5.6.7, IMF-fixdate. Glibc's `strptime` is hidden from Swift, and Foundation's formatter loads ICU's tables.
    init?(imfFixdate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(where: { $0 == words[2] }) else {
            return nil
        }
        let number = month + 1
        self.init(rfc3339: "\(words[3])-\(number < 10 ? "0" : "")\(number)-\(words[1])T\(words[4])Z")
    }
}
