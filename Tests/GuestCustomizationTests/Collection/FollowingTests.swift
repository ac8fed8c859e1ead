import GuestCustomization
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) final class FollowingTests: Sendable {
    private let clock = ManualClock(.skipped)
    /// The requests so far, each as the seconds since the first pass and the VM.
    private let asked = Mutex<[String]>([])

    private func reported(_ status: CustomizationStatus) -> Answer {
        Answer(result: .reported, httpStatus: 200, info: CustomizationInfo(status: status))
    }

    /// Polls `vm-0` and `vm-1` and follows unfinished customizations; returns the further runs and the number still unfinished.
    ///
    /// - Parameter answer: The answer of a VM to its nth request, counted from 0.
    private func follow(
        for limit: Duration, by clock: ManualClock? = nil,
        _ answer: @escaping @Sendable (_ vm: String, _ time: Int) async throws(HistoryError) -> Answer
    ) async throws -> (runs: [CollectionSummary], left: Int) {
        let clock = clock ?? self.clock
        let times = Mutex<[String: Int]>([:])
        let vms = (0..<2).map { VirtualMachine(id: "vm-\($0)", name: "web-\($0)") }
        let source = ScriptedSource(vms: .success(vms)) { vm throws(HistoryError) in
            let time = times.withLock { times in
                times[vm, default: -1] += 1
                return times[vm, default: 0]
            }
            self.asked.withLock { $0.append("\(Int(clock.now.seconds)) \(vm)") }
            return try await answer(vm, time)
        }
        // The collector's waits do not count towards the time limit.
        let collector = Collector(
            vCenter: "vc", source: source, recorder: MemoryRecorder(), concurrency: 1,
            now: { Timestamp(unixMilliseconds: 1_000) }, clock: ManualClock(.untilAdvanced).steady)
        let first = try await collector.collect([.customizationLive])
        asked.withLock { $0 = [] }
        var runs: [CollectionSummary] = []
        let following = Following(for: limit, runLimit: .seconds(60), with: collector, by: clock.steady)
        let left = try await following.run(after: first, noteProgress: {}) { runs.append($0) }
        return (runs, left)
    }

    @Test func `unfinished customizations are polled every five seconds until they finish`() async throws {
        let (runs, left) = try await follow(for: .seconds(1800)) { vm, time in
            self.reported(vm == "vm-0" && time < 3 ? .running : .succeeded)
        }
        #expect(asked.withLock { $0 } == ["5 vm-0", "10 vm-0", "15 vm-0"])
        #expect(runs.map(\.outcome) == [.complete, .complete, .complete])
        #expect(left == 0)
    }

    @Test func `nothing is polled when all customizations have finished`() async throws {
        let (runs, left) = try await follow(for: .seconds(1800)) { _, _ in self.reported(.succeeded) }
        #expect(runs.isEmpty && left == 0 && clock.now == .zero)
    }

    @Test func `the number of unfinished customizations is returned when the time limit expires`() async throws {
        let (runs, left) = try await follow(for: .seconds(16)) { _, _ in self.reported(.pending) }
        #expect(clock.now == .seconds(15))
        #expect(runs.count == 3 && left == 2)
    }

    @Test func `a VM that gives no answer is polled again`() async throws {
        let (_, left) = try await follow(for: .seconds(1800)) { vm, time in
            if vm == "vm-1" { return self.reported(.succeeded) }
            return switch time {
            case 0: self.reported(.running)
            case 1: Answer(result: .unreachable, failure: .text("Connection reset by peer"))
            default: self.reported(.succeeded)
            }
        }
        #expect(asked.withLock { $0 } == ["5 vm-0", "10 vm-0"])
        #expect(left == 0)
    }

    @Test func `a run that fails temporarily is repeated, and one that fails permanently is not`() async throws {
        for (kind, count) in [(HistoryError.Code.listingFailed, 3), (.loginRefused, 2)] {
            let (runs, left) = try await follow(for: .seconds(1800)) { vm, time throws(HistoryError) in
                if vm == "vm-0", time == 2 { throw HistoryError(kind, "no") }
                return self.reported(time < 3 && vm == "vm-0" ? .running : .succeeded)
            }
            #expect(runs.count == count && left == 0)
        }
    }

    @Test func `a stop ends the wait and all polling`() async throws {
        let clock = ManualClock(.skipped) { now in
            if now == .seconds(10) { withUnsafeCurrentTask { $0?.cancel() } }
        }
        let following = Task {
            try await self.follow(for: .seconds(1800), by: clock) { _, _ in self.reported(.running) }
        }
        let (runs, left) = try await following.value
        #expect(runs.count == 2 && left == 0)
        #expect(clock.now == .seconds(10))
    }
}
