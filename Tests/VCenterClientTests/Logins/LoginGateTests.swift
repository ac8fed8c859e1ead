import GuestCustomization
import HistoryConfiguration
import Synchronization
import TestSupport
import Testing

@testable import VCenterClient

/// The logins that were sent to a vCenter, all of them and those without a result yet.
private final class SentLogins: Sendable {
    let count = Mutex(0)
    let underWay: Mutex<Set<String>> = Mutex([])
}

@Suite(.timeLimit(.minutes(1))) struct LoginGateTests {
    private let login = Secret("Basic b3A6cHc=")
    private let sent = SentLogins()

    /// A clock for logins that wait for each other: a wait takes no real time, and none ends while a login is under way.
    private var clock: SteadyClock {
        ManualClock(.skipped) { [sent] _ in
            repeat { await Task.yield() } while sent.underWay.withLock { !$0.isEmpty }
        }.steady
    }

    private func attempt(_ vCenter: String) -> LoginGate.Attempt {
        LoginGate.Attempt(login: login, user: "op", vCenter: vCenter)
    }

    /// Tries one login at all of these vCenters at once; returns the error of each and the number of logins that were sent.
    private func tryAll(
        _ vCenters: [String], with gate: LoginGate, refusal: HistoryError?
    ) async -> (kinds: [HistoryError.Code?], asked: Int) {
        let before = sent.count.withLock(\.self)
        let kinds = await withTaskGroup(of: HistoryError.Code?.self) { group in
            for vCenter in vCenters {
                group.addTask {
                    defer { _ = sent.underWay.withLock { $0.remove(vCenter) } }
                    do throws(HistoryError) {
                        try await gate.pass(attempt(vCenter)) { () async throws(HistoryError) in
                            _ = sent.underWay.withLock { $0.insert(vCenter) }
                            sent.count.withLock { $0 += 1 }
                            await Task.yield()
                            if let refusal { throw refusal }
                        }
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return (kinds, sent.count.withLock(\.self) - before)
    }

    private func gate() -> LoginGate {
        LoginGate(now: { Timestamp(unixMilliseconds: 1_800_000_000_000) }, clock: clock)
    }

    @Test func `a wrong login is sent to one of many vCenters`() async {
        let gate = gate()
        let (kinds, asked) = await tryAll(
            (0..<8).map { "vc\($0)" }, with: gate, refusal: HistoryError(.loginRefused, "no"))
        #expect(asked == 1)
        #expect(kinds.count { $0 == .loginRefused } == 1)
        #expect(kinds.count { $0 == .loginJustRefused } == 7)
        await gate.beginPass()
        let next = await tryAll(["vc0", "vc1"], with: gate, refusal: nil)
        #expect(next.asked == 0 && next.kinds == [.loginWithheld, .loginWithheld])
    }

    @Test func `a correct login is sent to all vCenters`() async {
        let (kinds, asked) = await tryAll((0..<8).map { "vc\($0)" }, with: gate(), refusal: nil)
        #expect(asked == 8 && kinds.allSatisfy { $0 == nil })
    }

    @Test func `an outage does not block the login`() async {
        let (kinds, asked) = await tryAll(
            (0..<4).map { "vc\($0)" }, with: gate(), refusal: HistoryError(.unreachable, "down"))
        #expect(asked == 4 && kinds.allSatisfy { $0 == .unreachable })
    }

    @Test func `a person's request tries a refused login once`() async {
        var refusals = LoginRefusals()
        refusals.refused(login, by: "vc0", now: Timestamp(unixMilliseconds: 1_800_000_000_000))
        let remembered = Mutex(refusals)
        let gate = LoginGate(
            isAskedByPerson: true, now: { Timestamp(unixMilliseconds: 1_800_000_060_000) }, clock: clock,
            store: { change in remembered.withLock { change(&$0) } })
        let (_, asked) = await tryAll(
            ["vc0", "vc1", "vc2"], with: gate, refusal: HistoryError(.loginRefused, "no"))
        #expect(asked == 1)
    }

    @Test func `a store that cannot be written is reported, and the process still remembers the refusal`() async throws
    {
        struct Full: Error, CustomStringConvertible { var description: String { "cannot write x: no space" } }
        let gate = LoginGate(
            now: { Timestamp(unixMilliseconds: 1_800_000_000_000) }, clock: clock, store: { _ in throw Full() })
        await #expect {
            try await gate.pass(attempt("vc0")) { () async throws(HistoryError) in
                throw HistoryError(.loginRefused, "refused")
            }
        } throws: { ($0 as? HistoryError)?.message.contains("cannot write x: no space") == true }
        let (_, asked) = await tryAll(["vc0", "vc1"], with: gate, refusal: nil)
        #expect(asked == 0)
    }
}
