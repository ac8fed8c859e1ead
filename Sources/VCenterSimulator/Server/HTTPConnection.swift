import Glibc
import NIOCore
import NIOHTTP1
import NIOSSL

/// One client's connection: handles its requests in turn and writes each answer as bytes.
///
/// Answers are written without NIO's encoder, because a fault must be able to send what no encoder would.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private static let maximumBodyBytes = 1 << 20
    private static let maximumWaitingRequests = 1024

    private let service: VCenterService
    private let date: DateHeader
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// Requests sent before the previous answer (pipelining).
    private var waiting = CircularBuffer<SimulatedRequest>()
    private var isAnswering = false
    private var isClosing = false
    /// The token of the request being answered.
    private var session: String?
    private var later: Scheduled<Void>?

    init(service: VCenterService, date: DateHeader) {
        self.service = service
        self.date = date
    }

    func channelActive(context: ChannelHandlerContext) {
        service.activity.note {
            $0.connections += 1
            $0.acceptedConnections += 1
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        later?.cancel()
        waiting.removeAll()
        service.activity.note {
            $0.connections -= 1
            if self.isAnswering {
                $0.openRequests -= 1
                $0.close(requestIn: self.session)
            }
        }
        isAnswering = false
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part):
            body.append(contentsOf: part.readableBytesView)
            if body.count > Self.maximumBodyBytes { close(context) }
        case .end:
            guard let head else { return }
            self.head = nil
            waiting.append(SimulatedRequest(head: head, body: body))
            if waiting.count > Self.maximumWaitingRequests { return close(context) }
            answerNext(context)
        }
    }

    /// Input that is not HTTP, not TLS, or broke off.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError {
            var buffer = context.channel.allocator.buffer(capacity: 64)
            buffer.writeString("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }
        close(context)
    }

    private func answerNext(_ context: ChannelHandlerContext) {
        guard !isAnswering, !isClosing, let request = waiting.popFirst() else { return }
        isAnswering = true
        session = request.header("vmware-api-session-id")
        service.activity.note {
            $0.requests[request.kind, default: 0] += 1
            $0.openRequests += 1
            $0.open(requestIn: self.session)
            $0.maximumOpenRequests = max($0.maximumOpenRequests, $0.openRequests)
        }
        let fault = service.faults.fault(for: request)
        after(service.options.latency, context) { self.answer(request, fault: fault, context) }
    }

    /// Closes the connection. Requests that still arrive before the client notices are not answered.
    private func close(_ context: ChannelHandlerContext) {
        isClosing = true
        context.close(promise: nil)
    }

    private func after(_ delay: Duration, _ context: ChannelHandlerContext, _ action: @escaping () -> Void) {
        guard delay > .zero else { return action() }
        later = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay), action)
    }

    private func answer(_ request: SimulatedRequest, fault: SimulatedFault?, _ context: ChannelHandlerContext) {
        guard let fault else {
            let response = service.response(to: request)
            return finish(response.head(date: date, isKeepAlive: request.isKeepAlive), response.body, request, context)
        }
        switch fault {
        case .answer(let response):
            finish(response.head(date: date, isKeepAlive: request.isKeepAlive), response.body, request, context)
        case .echo(let status):
            let page = SimulatedResponse.error(
                status, "ERROR", messageID: "echo", request.headerLines.joined(separator: "; "))
            answer(request, fault: .answer(page), context)
        case .compressed(let compression, let label):
            let response = service.response(to: request).compressed(compression, label: label)
            finish(response.head(date: date, isKeepAlive: request.isKeepAlive), response.body, request, context)
        case .endAllSessions:
            service.sessions.endAll()
            answer(request, fault: nil, context)
        case .delay(let delay, let then):
            after(delay, context) { self.answer(request, fault: then, context) }
        case .bytes(let bytes):
            write(bytes, context)
            close(context)
        case .closeAfterAnswer:
            let response = service.response(to: request)
            isClosing = true
            finish(response.head(date: date, isKeepAlive: true), response.body, request, context)
            close(context)
        case .closeWithoutAnswer:
            close(context)
        case .neverAnswer:
            break
        case .reset:
            reset(context)
        case .resetAfterHeaders:
            write(service.response(to: request).head(date: date, isKeepAlive: true), context)
                .assumeIsolated().whenComplete { _ in self.reset(context) }
        case .cutBody(let count):
            let response = service.response(to: request)
            write(response.head(date: date, isKeepAlive: true) + response.body.prefix(count), context)
            close(context)
        case .drip(let interval):
            let response = service.response(to: request)
            write(response.head(date: date, isKeepAlive: request.isKeepAlive), context)
            drip(response.body[...], every: interval, request, context)
        case .endlessBody:
            let response = service.response(to: request)
            write(response.head(date: date, isKeepAlive: false, length: nil), context)
            writeForever(context)
        }
    }

    private func finish(
        _ head: [UInt8], _ body: [UInt8], _ request: SimulatedRequest, _ context: ChannelHandlerContext
    ) {
        // Update the counters first: a client with its answer must not see its request as still open.
        finished()
        var buffer = context.channel.allocator.buffer(capacity: head.count + body.count)
        buffer.writeBytes(head)
        buffer.writeBytes(body)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        guard request.isKeepAlive else { return close(context) }
        answerNext(context)
    }

    private func finished() {
        isAnswering = false
        service.activity.note {
            $0.openRequests -= 1
            $0.close(requestIn: self.session)
        }
    }

    @discardableResult
    private func write(_ bytes: some Sequence<UInt8>, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)))
    }

    private func drip(
        _ rest: ArraySlice<UInt8>, every interval: Duration, _ request: SimulatedRequest,
        _ context: ChannelHandlerContext
    ) {
        after(interval, context) {
            if rest.count <= 1 { return self.finish([], Array(rest), request, context) }
            self.write(rest.prefix(1), context)
            self.drip(rest.dropFirst(), every: interval, request, context)
        }
    }

    /// Writes only as fast as the client reads: each piece waits for the previous one.
    private func writeForever(_ context: ChannelHandlerContext) {
        write(repeatElement(UInt8(ascii: " "), count: 1 << 16), context).assumeIsolated().whenSuccess {
            // Go through the loop: writes that complete at once would otherwise recurse ever deeper.
            context.eventLoop.assumeIsolated().execute { self.writeForever(context) }
        }
    }

    /// Sends RST: the socket does not linger, and closing beneath TLS skips its closing message.
    private func reset(_ context: ChannelHandlerContext) {
        guard let provider = context.channel as? any SocketOptionProvider,
            let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        else { return close(context) }
        provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
            tls.close(promise: nil)
        }
    }
}
