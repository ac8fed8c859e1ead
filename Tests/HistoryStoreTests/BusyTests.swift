import GRDB
import GuestCustomization
import Synchronization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct BusyTests {
    private let history: TemporaryHistory
    private let holder: DatabaseQueue

    init() throws {
        history = try TemporaryHistory()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        holder = try DatabaseQueue(path: history.path, configuration: configuration)
    }

    private func open(
        _ slept: ManualClock, whileHeld: @escaping @Sendable (Duration) -> Void = { _ in }
    ) throws -> HistoryDatabase {
        try HistoryDatabase.open(
            history.path, access: .readWrite(create: false), toolVersion: "1",
            waiting: .init(timeout: .seconds(30), clock: slept.steady, whileHeld: whileHeld), at: .epoch(0))
    }

    private func hold() throws { try holder.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") } }

    private func poll(_ vm: Int) -> Poll {
        Poll(
            vm: "vm-\(vm)", polledAt: .epoch(1),
            answer: Answer(result: .reported, httpStatus: 200, info: CustomizationInfo(status: .notAvailable)))
    }

    @Test func `a run does not begin while another process holds the database for longer than the time-out`()
        async throws
    {
        let slept = ManualClock(.skipped)
        let database = try open(slept)
        try hold()
        let error = await #expect(throws: HistoryError.self) {
            _ = try await database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(1))
        }
        #expect(error?.code == .busy)
        #expect(slept.now >= .seconds(30) && slept.now < .seconds(31))
    }

    @Test func `polls wait for ten minutes and more while another process holds the database, and none is lost`()
        async throws
    {
        let longest = Mutex(Duration.zero)
        let slept = ManualClock(.skipped) { [holder] now in
            if now > .seconds(600) { try? holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") } }
        }
        let database = try open(slept) { waited in longest.withLock { $0 = max($0, waited) } }
        let run = try await database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(1))
        try hold()
        try await database.append((1...100).map(poll), to: run)
        #expect(longest.withLock(\.self) > .seconds(599))
        try await database.finishRun(run, as: CollectionRunEnd(outcome: .complete, finishedAt: .epoch(2)))
        #expect(try history.query("SELECT outcome, polls FROM collection_run") == ["complete|100"])
    }

    @Test func `a stopped run waits no longer and is closed by the next one`() async throws {
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        let slept = ManualClock(.skipped) { now in if now > .seconds(60) { stop.finish() } }
        let database = try open(slept)
        let run = try await database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: .epoch(1))
        try hold()
        let task = Task { [polls = [poll(1)]] in try await database.append(polls, to: run) }
        for await _ in stops {}
        task.cancel()
        let error = await #expect(throws: HistoryError.self) { try await task.value }
        #expect(error?.code == .busy)
        try await holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        // One that is stopped writes what it can at once.
        let finishing = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await database.finishRun(run, as: CollectionRunEnd(outcome: .interrupted, finishedAt: .epoch(2)))
        }
        try await finishing.value
        #expect(try history.query("SELECT outcome, polls FROM collection_run") == ["interrupted|0"])
    }
}
