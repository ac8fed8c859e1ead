import GuestCustomization
import Synchronization
import TestSupport
import Testing

@Suite struct CollectorTests {
    private let recorder = MemoryRecorder()

    private func vms(_ count: Int) -> [VirtualMachine] {
        (0..<count).map { VirtualMachine(id: "vm-\($0)", name: "web-\($0)") }
    }

    private func collector(
        _ source: ScriptedSource, concurrency: Int = 16, by clock: ManualClock = ManualClock(.skipped)
    ) -> Collector {
        Collector(
            vCenter: "vc", source: source, recorder: recorder, concurrency: concurrency,
            now: { Timestamp(unixMilliseconds: 1_000) }, clock: clock.steady)
    }

    @Test(arguments: [1, 15, 16, 17, 5000], [1, 16])
    func `every listed VM is polled exactly once`(count: Int, concurrency: Int) async throws {
        let source = ScriptedSource(vms: .success(vms(count)))
        let summaries = try await collector(source, concurrency: concurrency).collect([.customizationLive])
        let run = try #require(await recorder.runs.first)
        #expect(run.polls.map(\.vm).sorted() == vms(count).map(\.id).sorted())
        #expect(run.listing.count == count)
        #expect(run.outcome == .complete)
        #expect(summaries.map(\.outcome) == [.complete])
    }

    @Test func `concurrent polls do not exceed the concurrency`() async throws {
        let underWay = Mutex((now: 0, most: 0))
        let source = ScriptedSource(vms: .success(vms(200))) { _ in
            underWay.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            for _ in 0..<20 { await Task.yield() }
            underWay.withLock { $0.now -= 1 }
            return .notAvailable
        }
        _ = try await collector(source, concurrency: 7).collect([.customizationLive])
        #expect((2...7).contains(underWay.withLock(\.most)))
    }

    @Test func `a refusal for one VM is an answer, and a broken connection is not`() async throws {
        let answers: [String: Answer.Result] = ["vm-0": .unauthorized, "vm-1": .notFound]
        let source = ScriptedSource(vms: .success(vms(3))) { vm in
            answers[vm].map { Answer(result: $0) } ?? .notAvailable
        }
        #expect(try await collector(source).collect([.customizationLive])[0].outcome == .complete)

        let broken = ScriptedSource(vms: .success(vms(3))) { vm in
            vm == "vm-2" ? Answer(result: .unreachable, failure: .text("Connection reset by peer")) : .notAvailable
        }
        let summary = try await collector(broken).collect([.customizationLive])[0]
        #expect(summary.outcome == .partial)
        #expect(summary.failedPolls == 1)
        #expect(summary.failures.commonest(9).map(\.message) == ["Connection reset by peer"])
        #expect(await recorder.runs.last?.polls.count == 3)
    }

    @Test func `a doubtful VM is identified before anything is polled`() async throws {
        let order = Mutex<[String]>([])
        var source = ScriptedSource(vms: .success(vms(40))) { vm in
            order.withLock { $0.append("poll " + vm) }
            return .notAvailable
        }
        source.identify = { vm in order.withLock { $0.append("identity " + vm) } }
        await recorder.doubt(["vm-3", "vm-39", "vm-unlisted"])
        _ = try await collector(source).collect([.customizationLive])
        let asked = order.withLock(\.self)
        #expect(Set(asked.prefix(2)) == ["identity vm-3", "identity vm-39"])
        #expect(
            await recorder.answeredDoubts == [
                "vm-3": VirtualMachineIdentity(vm: "vm-3", instanceUUID: "uuid of vm-3"),
                "vm-39": VirtualMachineIdentity(vm: "vm-39", instanceUUID: "uuid of vm-39"),
            ])
    }

    @Test func `a vCenter's refusal for a VM is an answer although it reports nothing`() async throws {
        let source = ScriptedSource(vms: .success(vms(3))) { vm in
            vm == "vm-1" ? Answer(result: .unavailable, isAnswer: true, httpStatus: 503) : .notAvailable
        }
        let summary = try await collector(source).collect([.customizationLive])[0]
        #expect(summary.outcome == .complete && summary.failedPolls == 0)
        #expect(summary.polls == [.reported: 2, .unavailable: 1])
        #expect(summary.failures.count == 0 && summary.unanswered.isEmpty)
    }

    @Test(arguments: [-90_000_000_000, 90_000_000_000])
    func `a run's times are its start plus elapsed time although the wall clock is set`(step: Int64) async throws {
        let steady = ManualClock(.untilAdvanced)
        steady.advance(by: .seconds(50))
        let wall = Mutex(Timestamp(unixMilliseconds: 1_800_000_000_000))
        var source = ScriptedSource(vms: .success(vms(3))) { _ in
            wall.withLock { $0 = Timestamp(unixMilliseconds: $0.unixMilliseconds + step) }
            steady.advance(by: .seconds(1))
            return .notAvailable
        }
        // Each was sent half a second before its answer came.
        source.sentAt = { _ in steady.now - .milliseconds(500) }
        let collector = Collector(
            vCenter: "vc", source: source, recorder: recorder, concurrency: 1, now: { wall.withLock { $0 } },
            clock: steady.steady)
        _ = try await collector.collect([.customizationLive])
        let run = try #require(await recorder.runs.first)
        let start = run.startedAt.unixMilliseconds
        #expect(start == 1_800_000_000_000)
        #expect(run.listedAt?.unixMilliseconds == start)
        #expect(run.polls.map { $0.polledAt.unixMilliseconds - start } == [500, 1500, 2500])
        #expect(run.finishedAt?.unixMilliseconds == start + 3000)
    }

    @Test func `a failed listing leaves a failed run for each endpoint`() async throws {
        let failure = HistoryError(.loginRefused, "no")
        let summaries = try await collector(ScriptedSource(vms: .failure(failure))).collect(Endpoint.polled)
        #expect(summaries.map(\.outcome) == [.failed, .failed])
        #expect(summaries.map(\.failure) == [failure, failure])
        #expect(await recorder.runs.map(\.failure) == ["no", "no"])
    }

    @Test func `both endpoints are polled with one listing`() async throws {
        let source = ScriptedSource(vms: .success(vms(4)))
        _ = try await collector(source).collect(Endpoint.polled)
        #expect(await recorder.runs.map(\.endpoint) == Endpoint.polled)
        #expect(await recorder.runs.map { $0.polls.count } == [4, 4])
    }

    /// The list of more VMs than vCenter lists at once is put together from those of the hosts.
    @Test(arguments: [(true, ["vm-0", "vm-1", "vm-2"]), (false, ["vm-0", "vm-1"])])
    func `a VM that only moved while the list was put together is polled, one that is gone is not`(
        isPieced: Bool, polled: [String]
    ) async throws {
        _ = try await collector(ScriptedSource(vms: .success(vms(4)))).collect([.customizationLive])
        var source = ScriptedSource(vms: .success(vms(2)))
        source.isPieced = isPieced
        source.unknown = ["vm-3"]
        _ = try await collector(source).collect(Endpoint.polled)
        let runs = await recorder.runs.dropFirst()
        #expect(runs.map { $0.listing.map(\.id) } == [polled, polled])
        #expect(runs.map { $0.polls.map(\.vm).sorted() } == [polled, polled] && runs.allSatisfy { $0.isWhole == true })
    }

    @Test func `a list that misses more VMs than can have moved is believed`() async throws {
        _ = try await collector(ScriptedSource(vms: .success(vms(300)))).collect([.customizationLive])
        var source = ScriptedSource(vms: .success(vms(199)))
        source.isPieced = true
        _ = try await collector(source).collect([.customizationLive])
        #expect(await recorder.runs.last?.listing.count == 199)
    }

    @Test func `a new VM is identified once, and only if it answers`() async throws {
        let silent = ScriptedSource(vms: .success(vms(2))) { vm in
            vm == "vm-0" ? .notAvailable : Answer(result: .timedOut)
        }
        _ = try await collector(silent).collect([.customizationLive])
        #expect(await recorder.identities == ["vm-0": "uuid of vm-0"])
        _ = try await collector(ScriptedSource(vms: .success(vms(2)))).collect([.customizationLive])
        #expect(await recorder.identities.keys.sorted() == ["vm-0", "vm-1"])
    }

    @Test func `selected VMs are polled without a listing`() async throws {
        let source = ScriptedSource(vms: .failure(HistoryError(.listingFailed, "not to be asked")))
        let summary = try await collector(source).collect([.customizationLive], .only(vms(3)))[0]
        #expect(summary.outcome == .complete)
        #expect(summary.polled == 3)
    }

    @Test func `an empty listing makes no good run and keeps the VMs that were listed before`() async throws {
        _ = try await collector(ScriptedSource(vms: .success(vms(412)))).collect([.customizationLive])
        for _ in 0..<2 {
            let summary = try await collector(ScriptedSource(vms: .success([]))).collect([.customizationLive])[0]
            #expect(summary.outcome == .partial)
            #expect(
                summary.listingDoubt?.message
                    == "0 VMs, 412 in the run before: has the account lost System.View?")
        }
        let runs = await recorder.runs
        #expect(runs.map(\.isWhole) == [true, false, false])
        #expect(runs.map(\.outcome) == [.complete, .partial, .partial])
        #expect(runs[1].failure == "0 VMs, 412 in the run before: has the account lost System.View?")
        _ = try await collector(ScriptedSource(vms: .success(vms(412)))).collect([.customizationLive])
        #expect(await recorder.runs.last?.outcome == .complete)
    }

    @Test func `a collapsed listing is doubted once and then believed`() async throws {
        for count in [412, 3, 3] {
            _ = try await collector(ScriptedSource(vms: .success(vms(count)))).collect([.customizationLive])
        }
        #expect(await recorder.runs.map(\.isWhole) == [true, false, true])
        #expect(await recorder.runs.map(\.outcome) == [.complete, .partial, .complete])
        #expect(await recorder.runs[1].failure?.hasPrefix("3 VMs, 412 in the run before") == true)
    }

    @Test(arguments: [(99, 1), (100, 10), (412, 42), (3, 1)])
    func `a shrinking listing is believed`(before: Int, count: Int) async throws {
        for count in [before, count] {
            _ = try await collector(ScriptedSource(vms: .success(vms(count)))).collect([.customizationLive])
        }
        #expect(await recorder.runs.map(\.isWhole) == [true, true])
        #expect(await recorder.runs.map(\.outcome) == [.complete, .complete])
    }

    @Test func `a pass over selected VMs that finds none makes no good run`() async throws {
        _ = try await collector(ScriptedSource(vms: .success(vms(3)))).collect([.customizationLive])
        let summary = try await collector(ScriptedSource(vms: .success(vms(3))))
            .collect([.customizationLive], .listed(where: { $0.id == "vm-9" }))[0]
        #expect(summary.outcome == .partial)
        #expect(summary.listingDoubt?.message.contains("--vm") == true)
        #expect(await recorder.runs.map(\.selection) == [.all, .chosen])
    }

    @Test func `unfinished customizations are returned`() async throws {
        let source = ScriptedSource(vms: .success(vms(3))) { vm in
            let status: [String: CustomizationStatus] = ["vm-0": .running, "vm-1": .pending]
            return Answer(result: .reported, info: CustomizationInfo(status: status[vm] ?? .succeeded))
        }
        let summary = try await collector(source).collect([.customizationLive])[0]
        #expect(summary.unfinished.map(\.id).sorted() == ["vm-0", "vm-1"])
    }

    @Test func `a missing endpoint ends the run without polls that look like missing VMs`() async throws {
        let source = ScriptedSource(vms: .success(vms(100))) { _ throws(HistoryError) in
            throw HistoryError(.endpointMissing, "too old")
        }
        let summary = try await collector(source).collect([.customizationLive])[0]
        #expect(summary.outcome == .failed)
        #expect(summary.failure?.code == .endpointMissing)
        #expect(await recorder.runs.first?.polls.isEmpty == true)
    }

    @Test func `a stopped run keeps its polls and is marked interrupted`() async throws {
        let (started, startedSignal) = AsyncStream.makeStream(of: Void.self)
        let source = ScriptedSource(vms: .success(vms(20))) { vm in
            guard let number = Int(vm.dropFirst(3)), number >= 10 else { return .notAvailable }
            startedSignal.yield()
            await untilCancelled()
            return Answer(result: .unreachable, failure: .text("stopped"))
        }
        let collector = collector(source, concurrency: 4)
        let task = Task { try await collector.collect([.customizationLive]) }
        var waiting = started.makeAsyncIterator()
        for _ in 0..<4 { await waiting.next() }
        task.cancel()
        let summary = try await task.value[0]
        #expect(summary.outcome == .interrupted)
        let run = try #require(await recorder.runs.first)
        #expect(run.outcome == .interrupted)
        #expect(run.polls.map(\.vm).sorted() == (0..<10).map { "vm-\($0)" })
        #expect(run.polls.allSatisfy { $0.answer.result == .reported })
    }

    @Test func `a poll is written although the next one hangs`() async throws {
        let source = ScriptedSource(vms: .success(vms(2))) { [recorder] vm in
            if vm == "vm-1" {
                // Hangs until the other VM's poll is in the history.
                while await recorder.runs.first?.polls.isEmpty != false { await Task.yield() }
            }
            return .notAvailable
        }
        _ = try await collector(source).collect([.customizationLive])
        #expect(await recorder.runs.first?.batches.count == 2)
    }

    @Test func `a poll is written although the request for the VM's identity hangs`() async throws {
        var source = ScriptedSource(vms: .success(vms(1)))
        source.identify = { [recorder] _ in
            while await recorder.runs.first?.polls.isEmpty != false { await Task.yield() }
        }
        _ = try await collector(source).collect([.customizationLive])
        #expect(await recorder.identities == ["vm-0": "uuid of vm-0"])
    }

    @Test func `an answer received while the run was stopped is kept`() async throws {
        let (asked, askedSignal) = AsyncStream.makeStream(of: Void.self)
        let source = ScriptedSource(vms: .success(vms(3))) { _ in
            askedSignal.yield()
            while !Task.isCancelled { await Task.yield() }
            return .notAvailable
        }
        let collector = collector(source, concurrency: 2)
        let task = Task { try await collector.collect([.customizationLive]) }
        var waiting = asked.makeAsyncIterator()
        for _ in 0..<2 { await waiting.next() }
        task.cancel()
        #expect(try await task.value[0].outcome == .interrupted)
        #expect(await recorder.runs[0].polls.map(\.vm).sorted() == ["vm-0", "vm-1"])
    }

    @Test func `a full disk ends the run with its error`() async throws {
        await recorder.fill()
        let error = await #expect(throws: UnrecordedPolls.self) {
            _ = try await collector(ScriptedSource(vms: .success(vms(10)))).collect([.customizationLive])
        }
        #expect(error?.count == 10 && error?.cause is MemoryRecorder.DiskFull)
    }

    @Test func `a recorder that temporarily cannot write costs no poll`() async throws {
        await recorder.refuse(2)
        let source = ScriptedSource(vms: .success(vms(40))) { [recorder] vm in
            // The last answers come after it has refused twice.
            if vm == "vm-39" { while await recorder.attempts < 3 { await Task.yield() } }
            return .notAvailable
        }
        let summary = try await collector(source).collect([.customizationLive])[0]
        #expect(summary.outcome == .complete)
        #expect(await recorder.runs[0].polls.map(\.vm).sorted() == vms(40).map(\.id).sorted())
    }

    @Test func `a recorder that finally cannot write leaves an interrupted run`() async throws {
        await recorder.refuse(.max)
        let error = await #expect(throws: UnrecordedPolls.self) {
            _ = try await collector(ScriptedSource(vms: .success(vms(10)))).collect([.customizationLive])
        }
        #expect(error?.count == 10 && error?.cause is MemoryRecorder.Busy)
        #expect(await recorder.runs[0].outcome == .interrupted)
        #expect(
            await recorder.runs[0].failure == "somebody else writes; 10 polled results were not recorded and are lost")
    }

    @Test func `polls waiting to be written are bounded in bytes`() async throws {
        await recorder.refuse(.max)
        let asked = Mutex(0)
        let source = ScriptedSource(vms: .success(vms(1000))) { _ in
            asked.withLock { $0 += 1 }
            return Answer(
                result: .reported, httpStatus: 200, info: CustomizationInfo(status: .notAvailable),
                body: Array(repeating: 0, count: 1024 * 1024))
        }
        let error = await #expect(throws: UnrecordedPolls.self) {
            _ = try await collector(source).collect([.customizationLive])
        }
        #expect(error?.count == asked.withLock(\.self))
        #expect((4...36).contains(asked.withLock(\.self)))
    }

    @Test func `no write follows a failed write`() async throws {
        let answered = Mutex(0)
        // The first write lasts until all polls have been answered.
        await recorder.fill { while answered.withLock({ $0 < 40 }) { await Task.yield() } }
        let source = ScriptedSource(vms: .success(vms(40))) { _ in
            answered.withLock { $0 += 1 }
            return .notAvailable
        }
        await #expect(throws: UnrecordedPolls.self) {
            _ = try await collector(source, concurrency: 10).collect([.customizationLive])
        }
        #expect(await recorder.attempts == 1)
    }

    @Test func `a run that expires before its first poll fails and says why`() async throws {
        let (begun, beginning) = AsyncStream.makeStream(of: Never.self)
        let source = ScriptedSource(vms: .success(vms(3))) { _ in
            beginning.finish()
            await untilCancelled()
            return Answer(result: .timedOut)
        }
        let clock = ManualClock(.skipped) { _ in for await _ in begun {} }
        let summaries = try await collector(source, by: clock)
            .collect([.customizationLive], .all, within: .seconds(60))
        let reason = "the run's time limit of 1m expired; none of 3 VMs was polled"
        #expect(summaries.map(\.failure) == [HistoryError(.unreachable, "vc: \(reason)")])
        let run = try #require(await recorder.runs.first)
        #expect(run.outcome == .failed)
        #expect(run.failure == "vc: \(reason)")
    }

    @Test func `a run stopped by hand is not reported as too slow`() async throws {
        let source = ScriptedSource(vms: .success(vms(3))) { _ in
            await untilCancelled()
            return Answer(result: .timedOut)
        }
        let pass = Task {
            try await collector(source, by: ManualClock(.untilAdvanced))
                .collect([.customizationLive], .all, within: .seconds(3600))
        }
        pass.cancel()
        #expect(try await pass.value.map(\.failure) == [nil])
        let run = try #require(await recorder.runs.first)
        #expect(run.outcome == .interrupted && run.failure == nil)
    }
}
