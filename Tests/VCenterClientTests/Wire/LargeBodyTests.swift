import Dispatch
import Testing

@testable import VCenterClient

@Suite struct LargeBodyTests {
    private static let large = [UInt8](repeating: 32, count: 100_000)

    @Test(arguments: [10, 100_000]) func `a large body is read`(count: Int) async {
        #expect(await LargeBody.read([UInt8](repeating: 32, count: count)) { $0.count } == count)
    }

    @Test func `a large body does not delay a cancelled task`() async {
        let mayEnd = DispatchSemaphore(value: 0)
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let reading = Task {
            await LargeBody.read(Self.large) { body in
                beginning.yield()
                mayEnd.wait()
                return body.count
            }
        }
        for await _ in begun { break }
        reading.cancel()
        #expect(await reading.value == nil)
        mayEnd.signal()
    }
}
