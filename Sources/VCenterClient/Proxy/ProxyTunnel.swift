import HistoryConfiguration
import NIOCore

/// Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6) and steps aside once it is open. Later handlers see the connection only then.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes. A proxy sends a few hundred; a server that sends more than this is not a proxy.
    private static let maximumHeadSize = 16 * 1024

    private let proxy: Proxy
    private let target: VCenterAddress
    private let timeout: TimeAmount
    private var received = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var isOver = false

    init(through proxy: Proxy, to target: VCenterAddress, timeout: TimeAmount) {
        self.proxy = proxy
        self.target = target
        self.timeout = timeout
    }

    func channelActive(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [self] in
            fail(.silent, context)
        }
        var request = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n"
        if let authorization = proxy.authorization { request += "Proxy-Authorization: \(authorization.exposed)\r\n" }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request + "\r\n")), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        guard !isOver else { return context.fireChannelRead(wrapInboundOut(part)) }
        received.writeBuffer(&part)
        let bytes = received.readableBytesView
        guard let end = bytes.endOfHead else {
            if bytes.count > Self.maximumHeadSize { fail(.notHTTP, context) }
            return
        }
        guard let status = String(decoding: bytes.prefix(64), as: UTF8.self).httpStatus else {
            return fail(.notHTTP, context)
        }
        guard (200..<300).contains(status) else { return fail(.refused(status), context) }
        isOver = true
        deadline?.cancel()
        received.moveReaderIndex(to: end)
        context.fireChannelActive()
        if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed, context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        deadline?.cancel()
        context.fireErrorCaught(error)
    }

    private func fail(_ kind: ProxyFault.Kind, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        deadline?.cancel()
        context.fireErrorCaught(ProxyFault(kind: kind, proxy: proxy, target: target))
        context.close(promise: nil)
    }
}

extension ByteBufferView {
    /// The index at which the body, or here the tunnel, begins.
    fileprivate var endOfHead: Index? {
        var lineFeeds = 0
        for index in indices {
            switch self[index] {
            case UInt8(ascii: "\n"):
                lineFeeds += 1
                if lineFeeds == 2 { return self.index(after: index) }
            case UInt8(ascii: "\r"): break
            default: lineFeeds = 0
            }
        }
        return nil
    }
}

extension String {
    /// The status code in a status line such as `HTTP/1.1 407 Proxy Authentication Required`.
    fileprivate var httpStatus: Int? {
        let words = split(separator: " ", maxSplits: 2)
        guard hasPrefix("HTTP/1."), words.count > 1 else { return nil }
        return Int(words[1].prefix(3)).flatMap { (100...599).contains($0) ? $0 : nil }
    }
}
