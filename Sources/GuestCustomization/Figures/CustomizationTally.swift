/// What adds customizations up.
package protocol CustomizationTally {
    /// Adds one, whatever its outcome.
    mutating func add(_ customization: Customization)

    /// Adds one that succeeded by what figures need of it, which is less to read: most customizations succeed.
    ///
    /// - Parameters:
    ///   - instant: Its `windowInstant`.
    ///   - durationSeconds: As `Customization.durationSeconds`.
    mutating func addSuccess(
        of vm: CustomizedVM, endpoint: Endpoint, at instant: Timestamp, durationSeconds: Double?)
}
