import GuestCustomization

extension SteadyClock {
    /// The machine's clock, for tests with real servers and processes and for benchmarks.
    package static let system = SteadyClock(ContinuousClock())
}
