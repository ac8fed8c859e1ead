import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A TLS server on loopback that counts what clients say to it and answers every HTTP/1.1 request with 204.
///
/// The simulator speaks vCenter's API; this speaks nothing well, so that a test can see that not a byte of a request was sent.
final class TLSServer: Sendable {
    enum Speech { case http1, plainText, silence }

    private let clients: Clients
    private let channel: any Channel
    let port: Int

    /// What the clients sent after the handshake, one item a connection.
    var received: [[UInt8]] { clients.received }

    /// The certificate of connections to come.
    func replaceCertificate(by certificate: TestCertificate) { clients.replaceCertificate(by: certificate) }

    static func run<R>(
        _ certificate: TestCertificate?, followedBy others: [TestCertificate] = [], speaking speech: Speech = .http1,
        _ body: (TLSServer) async throws -> R
    ) async throws -> R {
        let server = try await TLSServer(certificate, others, speech)
        do {
            let result = try await body(server)
            try await server.channel.close()
            return result
        } catch {
            try? await server.channel.close()
            throw error
        }
    }

    private init(_ certificate: TestCertificate?, _ others: [TestCertificate], _ speech: Speech) async throws {
        let clients = Clients(certificate, others)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try clients.welcome(channel, speech) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.clients = clients
    }
}

private final class Clients: Sendable {
    private struct State {
        var certificate: TestCertificate?
        var received: [[UInt8]] = []
    }

    private let state: Mutex<State>
    private let others: [NIOSSLCertificate]

    init(_ certificate: TestCertificate?, _ others: [TestCertificate]) {
        state = Mutex(State(certificate: certificate))
        self.others = others.map(\.nioSSL)
    }

    var received: [[UInt8]] { state.withLock { $0.received } }

    func replaceCertificate(by certificate: TestCertificate) { state.withLock { $0.certificate = certificate } }

    func welcome(_ channel: any Channel, _ speech: TLSServer.Speech) throws {
        let (connection, certificate) = state.withLock { state in
            state.received.append([])
            return (state.received.count - 1, state.certificate)
        }
        if let certificate {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: ([certificate.nioSSL] + others).map { .certificate($0) },
                privateKey: .privateKey(certificate.nioSSLKey))
            configuration.applicationProtocols = ["http/1.1"]
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLServerHandler(context: NIOSSLContext(configuration: configuration)))
        }
        try channel.pipeline.syncOperations.addHandler(
            Listener(speech) { bytes in self.state.withLock { $0.received[connection] += bytes } })
    }
}

private final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let speech: TLSServer.Speech
    private let hear: ([UInt8]) -> Void

    init(_ speech: TLSServer.Speech, _ hear: @escaping ([UInt8]) -> Void) {
        self.speech = speech
        self.hear = hear
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(buffer: unwrapInboundIn(data))
        hear(bytes)
        switch speech {
        case .http1, .plainText:
            say("HTTP/1.1 204 No Content\r\n\r\n".utf8, context)
        case .silence: break
        }
    }

    private func say(_ bytes: some Sequence<UInt8>, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
