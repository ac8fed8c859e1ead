import GuestCustomization

extension SteadyClock {
    /// The machine's: for tests with real servers and real processes, and for benchmarks.
    package static let system = SteadyClock(ContinuousClock())
}
