import NIOCore

/// Checks, ahead of TLS, whether a server's first bytes are a TLS record. Otherwise another protocol would look like a
/// failed handshake, and a protocol that waits for more input would look like silence.
final class TLSRecordCheck: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var isOver = false

    /// The first record is a handshake record or an alert, of TLS 1.0 or later (RFC 8446, 5.1).
    private static let contentTypes: Set<UInt8> = [21, 22]
    private static let majorVersion: UInt8 = 3

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if !isOver, let first = part.readableBytesView.first {
            isOver = true
            let second = part.readableBytesView.dropFirst().first ?? Self.majorVersion
            guard Self.contentTypes.contains(first), second == Self.majorVersion else {
                return context.fireErrorCaught(
                    TLSHandshake.NotTLS(beginning: Array(part.readableBytesView.prefix(64))))
            }
        }
        context.fireChannelRead(wrapInboundOut(part))
    }
}
