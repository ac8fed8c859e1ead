import Foundation

/// Time spent in what it measures: on the clock, and by the processors for this process.
struct Stopwatch {
    private(set) var wallSeconds = 0.0
    private(set) var cpuSeconds = 0.0

    mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
        let (wall, cpu) = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_PROCESS_CPUTIME_ID))
        defer { add(wall, cpu) }
        return try body()
    }

    mutating func measure(_ body: () async throws -> Void) async rethrows {
        let (wall, cpu) = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_PROCESS_CPUTIME_ID))
        try await body()
        add(wall, cpu)
    }

    private mutating func add(_ wall: Double, _ cpu: Double) {
        wallSeconds += Self.now(CLOCK_MONOTONIC) - wall
        cpuSeconds += Self.now(CLOCK_PROCESS_CPUTIME_ID) - cpu
    }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
