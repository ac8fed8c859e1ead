import GuestCustomization
import HistoryConfiguration
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// A TLS connection made to see the server's certificate, and closed before any byte of a request is sent.
struct TLSHandshake {
    struct TimedOut: Error {}
    struct Closed: Error {}

    /// The server does not speak TLS.
    struct NotTLS: Error {
        /// The beginning of its answer.
        var beginning: [UInt8]

        /// What happened and what to do, as a clause.
        var reason: String {
            let line = beginning.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
            // If it is not text, show none of it, not even a readable part.
            let words = String(decoding: line.map { $0 < 0x7F ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
            return
                "the server does not speak TLS: it answered \"\(words.shown(upTo: 40))\"; check the port, and that a vCenter is listening there"
        }
    }

    var address: VCenterAddress
    /// The proxy to go through; `nil` for none.
    var proxy: Proxy?
    /// For the connection and the handshake on it.
    var timeout: Duration

    /// The certificates that the server presents, its own first. Never empty; only its own if they are verified.
    ///
    /// - Parameter configuration: How to verify them; `nil` for no verification.
    /// - Throws: Whatever ended the connection or the handshake, including a certificate that `configuration` does not accept;
    ///   `CancellationError` at once if the task is cancelled.
    func peerCertificates(_ configuration: TLSConfiguration? = nil) async throws -> [NIOSSLCertificate] {
        let context = try NIOSSLContext(configuration: configuration ?? CertificateTrust.verifying([]))
        // Server name indication cannot carry an IP address; NIOSSL then verifies the address it is connected to.
        let hostName = address.host.ipAddressBytes == nil ? address.host : nil
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
        // If the connection was made, the reader completes the promise; otherwise it must be failed here.
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
    /// All certificates that the server presents, when they are not verified.
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
