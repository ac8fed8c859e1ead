import GuestCustomization

/// Checks the machine's clock before a TLS connection is made: BoringSSL aborts the process if the time is before 1970.
enum WallClock {
    /// - Throws: `HistoryError`, 78.
    static func require(_ now: Timestamp) throws {
        guard now.unixMilliseconds >= 0 else {
            throw HistoryError(
                .configuration, "this machine's clock is at \(now.rfc3339)",
                advice: "set it: certificates cannot be checked at a time before 1970")
        }
    }
}
