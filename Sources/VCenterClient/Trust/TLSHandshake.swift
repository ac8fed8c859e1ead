import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// One TLS connection that is made to see the server's certificate and closed before a single byte of a request.
struct TLSHandshake {
    struct TimedOut: Error {}
    struct Closed: Error {}

    /// What answers is no TLS server.
    struct NotTLS: Error {
        /// What it began with, or all that came.
        var beginning: [UInt8]

        /// What happened and what to do, as a clause.
        var reason: String {
            let line = beginning.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
            // Of what is no text, not even the part that could be read as one.
            let words = String(decoding: line.map { $0 < 0x7F ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
            return
                "the server does not speak TLS: it answered \"\(words.shown(upTo: 40))\"; check the port, and that a vCenter listens there"
        }
    }

    var address: VCenterAddress
    /// What stands between; `nil` for nothing.
    var proxy: Proxy?
    /// For the connection and the handshake on it.
    var timeout: Duration

    /// The certificates that the server presents, its own first: that one alone where they are verified; never none.
    ///
    /// - Parameter configuration: How they are verified; `nil` for not at all.
    /// - Throws: whatever ended the connection or the handshake, a certificate that `configuration` does not accept included;
    ///   `CancellationError` at once if the task is cancelled.
    func peerCertificates(_ configuration: TLSConfiguration? = nil) async throws -> [NIOSSLCertificate] {
        let context = try NIOSSLContext(configuration: configuration ?? CertificateTrust.verifying([]))
        // An IP address has no place in server name indication; NIOSSL then verifies the address it is connected to.
        let isIPAddress = (try? SocketAddress(ipAddress: address.host, port: 0)) != nil
        let hostName = isIPAddress ? nil : address.host
        let timeout = TimeAmount(timeout)
        let deadline = NIODeadline.now() + timeout

        let group = MultiThreadedEventLoopGroup.singleton
        let eventLoop = group.next()
        let certificates = eventLoop.makePromise(of: [NIOSSLCertificate].self)
        let connection = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let reader = PeerCertificateReader(certificates: certificates, deadline: deadline)
                    let tls =
                        if configuration == nil {
                            try NIOSSLClientHandler(
                                context: context, serverHostname: hostName,
                                customVerificationCallback: { presented, verdict in
                                    reader.presented = presented
                                    verdict.succeed(.certificateVerified)
                                })
                        } else {
                            try NIOSSLClientHandler(context: context, serverHostname: hostName)
                        }
                    if let proxy {
                        try channel.pipeline.syncOperations.addHandler(
                            ProxyTunnel(through: proxy, to: address, timeout: timeout))
                    }
                    try channel.pipeline.syncOperations.addHandlers([TLSRecordCheck(), tls, reader])
                }
            }
            .connect(host: proxy?.host ?? address.host, port: proxy?.port ?? address.port)
        // Where the connection was made, the reader ends the promise; it must not be left open where it was not.
        connection.whenFailure { error in
            certificates.fail(
                proxy.map {
                    ProxyFault(
                        kind: .unreachable(TransportFault(error, timeout: timeout).reason), proxy: $0, target: address)
                } ?? error)
        }
        return try await withTaskCancellationHandler {
            try await certificates.futureResult.get()
        } onCancel: {
            certificates.fail(CancellationError())
        }
    }
}

private final class PeerCertificateReader: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let certificates: EventLoopPromise<[NIOSSLCertificate]>
    private let deadline: NIODeadline
    private var alarm: Scheduled<Void>?
    /// Where they are not verified: all that the server presents.
    var presented: [NIOSSLCertificate] = []

    init(certificates: EventLoopPromise<[NIOSSLCertificate]>, deadline: NIODeadline) {
        self.certificates = certificates
        self.deadline = deadline
    }

    func channelActive(context: ChannelHandlerContext) {
        alarm = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [certificates] in
            certificates.fail(TLSHandshake.TimedOut())
            context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            certificates.completeWith(
                Result {
                    if !presented.isEmpty { return presented }
                    guard let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate() else {
                        throw TLSHandshake.Closed()
                    }
                    return [certificate]
                })
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        certificates.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        certificates.fail(TLSHandshake.Closed())
        context.fireChannelInactive()
    }
}
