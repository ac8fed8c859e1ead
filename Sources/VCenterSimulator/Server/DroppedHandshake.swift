import NIOCore

/// A connection that ends as soon as the client has said anything.
final class DroppedHandshake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.close(promise: nil)
    }
}
