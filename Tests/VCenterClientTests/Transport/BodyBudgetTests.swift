import NIOEmbedded
import Synchronization
import Testing

@testable import VCenterClient

@Suite struct BodyBudgetTests {
    @Test func `requests are served in order as soon as the budget suffices`() throws {
        let loop = EmbeddedEventLoop()
        let budget = BodyBudget(bytes: 10)
        var first: BodyBudget.Grant? = try budget.grant(6, on: loop).wait()
        let served = Mutex<[(number: Int, grant: BodyBudget.Grant)]>([])
        for (number, bytes) in [(1, 8), (2, 1)] {
            budget.grant(bytes, on: loop).whenSuccess { grant in served.withLock { $0.append((number, grant)) } }
        }
        let before = served.withLock { $0.count }
        #expect(before == 0, "the small one does not overtake the large one")
        withExtendedLifetime(first) {}
        first = nil
        loop.run()
        let order = served.withLock { $0.map(\.number) }
        #expect(order == [1, 2])
    }

    @Test func `a body larger than the budget gets the whole budget`() throws {
        let loop = EmbeddedEventLoop()
        let budget = BodyBudget(bytes: 10)
        for _ in 0..<3 { _ = try budget.grant(1_000_000, on: loop).wait() }
    }
}
