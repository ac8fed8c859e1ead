import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// One TLS connection that is made to see the server's certificate and closed before a single byte of a request.
struct TLSHandshake {
    struct TimedOut: Error {}
    struct Closed: Error {}

    var address: VCenterAddress
    /// For the connection, and again for the handshake on it.
    var timeout: Duration

    /// The certificate that the server presents.
    ///
    /// - Throws: whatever ended the connection or the handshake, a certificate that `configuration` does not accept included;
    ///   `CancellationError` at once if the task is cancelled.
    func peerCertificate(_ configuration: TLSConfiguration) async throws -> NIOSSLCertificate {
        let context = try NIOSSLContext(configuration: configuration)
        // An IP address has no place in server name indication; NIOSSL then verifies the address it is connected to.
        let isIPAddress = (try? SocketAddress(ipAddress: address.host, port: 0)) != nil
        let hostName = isIPAddress ? nil : address.host
        let timeout = TimeAmount(timeout)

        let group = MultiThreadedEventLoopGroup.singleton
        let eventLoop = group.next()
        let certificate = eventLoop.makePromise(of: NIOSSLCertificate.self)
        let connection = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLClientHandler(context: context, serverHostname: hostName),
                        PeerCertificateReader(certificate: certificate, timeout: timeout),
                    ])
                }
            }
            .connect(host: address.host, port: address.port)
        // Where the connection was made, the reader ends the promise; it must not be left open where it was not.
        connection.whenFailure { certificate.fail($0) }
        return try await withTaskCancellationHandler {
            try await certificate.futureResult.get()
        } onCancel: {
            certificate.fail(CancellationError())
        }
    }
}

private final class PeerCertificateReader: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let certificate: EventLoopPromise<NIOSSLCertificate>
    private let timeout: TimeAmount
    private var deadline: Scheduled<Void>?

    init(certificate: EventLoopPromise<NIOSSLCertificate>, timeout: TimeAmount) {
        self.certificate = certificate
        self.timeout = timeout
    }

    func channelActive(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [certificate] in
            certificate.fail(TLSHandshake.TimedOut())
            context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            certificate.completeWith(
                Result {
                    guard let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate() else {
                        throw TLSHandshake.Closed()
                    }
                    return certificate
                })
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        certificate.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        certificate.fail(TLSHandshake.Closed())
        context.fireChannelInactive()
    }
}
