/// Returns once `condition` holds, and throws `NeverHappened` if it does not within a minute.
///
/// Only for events of other processes and servers: tests of our own waits use a `ManualClock`.
package func waitUntil(
    _ event: String, isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(60)
    while try await !condition() {
        guard clock.now < end else { throw NeverHappened(event: event) }
        try await clock.sleep(for: .milliseconds(10))
    }
}

/// An event that a test waited for in vain.
package struct NeverHappened: Error {
    package let event: String
}
