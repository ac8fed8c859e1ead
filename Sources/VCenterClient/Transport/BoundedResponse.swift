import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// Collects a response up to a limit and gives the rest up, so that no server can fill this program's memory; a compressed body is
/// held to the same limit as it came and as it is read.
///
/// Unlike async-http-client's `ResponseAccumulator` it keeps the status and the beginning of a body that is too large.
final class BoundedResponse: HTTPClientResponseDelegate {
    struct BodyTooLarge: Error {}

    private struct State {
        var head: HTTPResponseHead?
        var body = ByteBuffer()
        var isCut = false
        var isSent = false
    }

    private let limit: Int
    private let state = NIOLockedValueBox(State())

    init(limit: Int) {
        self.limit = limit
    }

    func didSendRequestHead(task: HTTPClient.Task<HTTPAnswer?>, _ head: HTTPRequestHead) {
        state.withLockedValue { $0.isSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<HTTPAnswer?>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLockedValue { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<HTTPAnswer?>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLockedValue { state in
            var part = part
            if let kept = part.readSlice(length: min(part.readableBytes, limit - state.body.readableBytes)) {
                state.body.writeImmutableBuffer(kept)
            }
            state.isCut = part.readableBytes > 0
            return !state.isCut
        }
        return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(BodyTooLarge())
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPAnswer?>) throws -> HTTPAnswer? { answer }

    /// Whether the request was written to a connection.
    var isSent: Bool { state.withLockedValue { $0.isSent } }

    /// Whether the response has begun to come.
    var hasBegun: Bool { state.withLockedValue { $0.head != nil } }

    /// What has come so far; `nil` before the response's head.
    var answer: HTTPAnswer? {
        state.withLockedValue { state in
            state.head.map { head in
                let content = ContentCoding.content(
                    of: Array(state.body.readableBytesView), labels: head.headers["content-encoding"],
                    isWhole: !state.isCut, limit: limit)
                return HTTPAnswer(
                    status: Int(head.status.code), headers: head.headers, body: content.bytes,
                    isCut: state.isCut || content.isCut, damage: content.damage)
            }
        }
    }
}
