import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import VCenterClient

@Suite struct RequestDeadlinesTests {
    private let deadlines = RequestDeadlines(on: MultiThreadedEventLoopGroup.singleton.next())

    @Test(.timeLimit(.minutes(1))) func `requests fail in the order of their deadlines`() async {
        let (failed, failing) = AsyncStream.makeStream(of: Int.self)
        for (number, time) in [(2, 60), (3, 90), (1, 30)] {
            _ = deadlines.begin(.now() + .milliseconds(Int64(time))) { failing.yield(number) }
        }
        var order: [Int] = []
        for await number in failed {
            order.append(number)
            if order.count == 3 { break }
        }
        #expect(order == [1, 2, 3])
    }

    @Test(.timeLimit(.minutes(1))) func `a request that has ended does not fail`() async {
        let (later, failing) = AsyncStream.makeStream(of: Never.self)
        let hasFailed = Mutex(false)
        let ended = deadlines.begin(.now() + .milliseconds(20)) { hasFailed.withLock { $0 = true } }
        _ = deadlines.begin(.now() + .milliseconds(40)) { failing.finish() }
        deadlines.end(ended)
        for await _ in later {}
        let failed = hasFailed.withLock { $0 }
        #expect(!failed)
    }
}
