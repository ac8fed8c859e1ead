import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// Collects a response up to a limit and drops the rest, so that no server can fill this program's memory. All bodies share
/// a budget. The body is kept as received.
///
/// Unlike async-http-client's `ResponseAccumulator`, it keeps the status and the beginning of a body that is too large.
final class BoundedResponse: HTTPClientResponseDelegate {
    struct BodyTooLarge: Error {}

    private struct State {
        var head: HTTPResponseHead?
        var body = ByteBuffer()
        var isCut = false
        var isSent = false
        var grant: BodyBudget.Grant?
    }

    private let limit: Int
    private let budget: BodyBudget
    private let state = NIOLockedValueBox(State())

    init(limit: Int, of budget: BodyBudget) {
        self.limit = limit
        self.budget = budget
    }

    func didSendRequestHead(task: HTTPClient.Task<HTTPAnswer?>, _ head: HTTPRequestHead) {
        state.withLockedValue { $0.isSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<HTTPAnswer?>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLockedValue { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<HTTPAnswer?>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let loop = task.eventLoop
        let mustAsk = state.withLockedValue { state in
            state.grant == nil && min(state.body.readableBytes + part.readableBytes, limit(of: state)) > BodyBudget.free
        }
        guard mustAsk else { return takeIn(part) ? loop.makeSucceededVoidFuture() : tooLarge(loop) }
        return budget.grant(limit, on: loop).flatMap { grant in
            self.state.withLockedValue { $0.grant = grant }
            return self.takeIn(part) ? loop.makeSucceededVoidFuture() : self.tooLarge(loop)
        }
    }

    /// A refusal is a few hundred bytes, so its limit is the smaller one.
    private func limit(of state: State) -> Int {
        guard let status = state.head?.status.code, (200..<300).contains(status) else {
            return min(limit, BodyBudget.free)
        }
        return limit
    }

    /// Returns whether all of it fitted into the limit.
    private func takeIn(_ part: ByteBuffer) -> Bool {
        state.withLockedValue { state in
            var part = part
            let room = limit(of: state) - state.body.readableBytes
            if let kept = part.readSlice(length: min(part.readableBytes, room)) {
                state.body.writeImmutableBuffer(kept)
            }
            state.isCut = part.readableBytes > 0
            return !state.isCut
        }
    }

    private func tooLarge(_ loop: any EventLoop) -> EventLoopFuture<Void> {
        loop.makeFailedFuture(BodyTooLarge())
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPAnswer?>) throws -> HTTPAnswer? { takeAnswer() }

    /// Whether the request was written to a connection.
    var isSent: Bool { state.withLockedValue { $0.isSent } }

    /// Whether the response has begun to arrive.
    var hasBegun: Bool { state.withLockedValue { $0.head != nil } }

    /// The response so far, whose body is handed over; `nil` before the response's head.
    func takeAnswer() -> HTTPAnswer? {
        state.withLockedValue { state in
            guard let head = state.head else { return nil }
            let answer = HTTPAnswer(
                status: Int(head.status.code), headers: head.headers, body: Array(state.body.readableBytesView),
                isCut: state.isCut, grant: state.grant)
            state.body = ByteBuffer()
            state.grant = nil
            return answer
        }
    }
}
