/// Sums up customizations.
package protocol CustomizationTally {
    /// Adds one, whatever its outcome.
    mutating func add(_ customization: Customization)

    /// Adds one that succeeded, with only the values that figures need. Most customizations succeed, so this saves much reading.
    ///
    /// - Parameters:
    ///   - instant: Its `windowInstant`.
    ///   - durationSeconds: As `Customization.durationSeconds`.
    mutating func addSuccess(
        of vm: CustomizedVM, endpoint: Endpoint, at instant: Timestamp, durationSeconds: Double?)
}
