import GuestCustomization
import HistoryConfiguration
import Synchronization
import TestSupport
import Testing

@testable import VCenterClient

private final class Count: Sendable {
    let value = Mutex(0)
}

@Suite struct LoginGateTests {
    private let login = Secret("Basic b3A6cHc=")

    private func attempt(_ vCenter: String) -> LoginGate.Attempt {
        LoginGate.Attempt(login: login, user: "op", vCenter: vCenter)
    }

    /// Tries one login at all of these vCenters at once; returns what became of it at each, and how many were asked.
    private func tryAll(
        _ vCenters: [String], with gate: LoginGate, refusal: HistoryError?
    ) async -> (kinds: [HistoryError.Code?], asked: Int) {
        let asked = Count()
        let kinds = await withTaskGroup(of: HistoryError.Code?.self) { group in
            for vCenter in vCenters {
                group.addTask {
                    do throws(HistoryError) {
                        try await gate.pass(attempt(vCenter)) { () async throws(HistoryError) in
                            asked.value.withLock { $0 += 1 }
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
        return (kinds, asked.value.withLock(\.self))
    }

    private func gate() -> LoginGate {
        LoginGate(now: { Timestamp(unixMilliseconds: 1_800_000_000_000) }, clock: .system)
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

    @Test func `a right one is sent to all`() async {
        let (kinds, asked) = await tryAll((0..<8).map { "vc\($0)" }, with: gate(), refusal: nil)
        #expect(asked == 8 && kinds.allSatisfy { $0 == nil })
    }

    @Test func `an outage says nothing of the login`() async {
        let (kinds, asked) = await tryAll(
            (0..<4).map { "vc\($0)" }, with: gate(), refusal: HistoryError(.unreachable, "down"))
        #expect(asked == 4 && kinds.allSatisfy { $0 == .unreachable })
    }

    @Test func `a person who asks for it has a refused login tried, once`() async {
        var refusals = LoginRefusals()
        refusals.refused(login, by: "vc0", now: Timestamp(unixMilliseconds: 1_800_000_000_000))
        let remembered = Mutex(refusals)
        let gate = LoginGate(
            isAskedByPerson: true, now: { Timestamp(unixMilliseconds: 1_800_000_060_000) }, clock: .system,
            store: { change in remembered.withLock { change(&$0) } })
        let (_, asked) = await tryAll(
            ["vc0", "vc1", "vc2"], with: gate, refusal: HistoryError(.loginRefused, "no"))
        #expect(asked == 1)
    }

    @Test func `a store that cannot be written is told of, and this process remembers all the same`() async throws {
        struct Full: Error, CustomStringConvertible { var description: String { "cannot write x: no space" } }
        let gate = LoginGate(
            now: { Timestamp(unixMilliseconds: 1_800_000_000_000) }, clock: .system, store: { _ in throw Full() })
        await #expect {
            try await gate.pass(attempt("vc0")) { () async throws(HistoryError) in
                throw HistoryError(.loginRefused, "refused")
            }
        } throws: { ($0 as? HistoryError)?.message.contains("cannot write x: no space") == true }
        let (_, asked) = await tryAll(["vc0", "vc1"], with: gate, refusal: nil)
        #expect(asked == 0)
    }
}
