import GuestCustomization

/// What must be true of the machine's clock before a TLS connection is made: BoringSSL ends the process where it stands before 1970.
enum WallClock {
    /// - Throws: `CommandFailure`, 78.
    static func require(_ now: Timestamp) throws {
        guard now.unixMilliseconds >= 0 else {
            throw CommandFailure(
                .configuration,
                "the clock of this machine says \(now.rfc3339); set it: certificates know no time before 1970")
        }
    }
}
