import GuestCustomization

/// The clocks that a command works by.
struct Clocks: Sendable {
    let now: @Sendable () -> Timestamp
    let steady: SteadyClock

    /// This machine's: the one place that names them. The steady one goes on while the machine is suspended.
    static let machine = Clocks(now: Timestamp.now, steady: SteadyClock(ContinuousClock()))
}
