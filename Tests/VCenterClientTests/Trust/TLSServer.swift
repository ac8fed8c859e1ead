import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A TLS server on loopback that records what clients send and answers every HTTP/1.1 request with 204.
///
/// Unlike the simulator, it shows a test that not a byte of a request was sent.
final class TLSServer: Sendable {
    enum Speech: Equatable {
        case http1, plainText, silence
        /// Sends these bytes as soon as a client connects.
        case greeting(String)
        /// Answers with these bytes.
        case bytes([UInt8])
        /// Closes the connection as soon as a client sends something.
        case farewell
    }

    private let clients: Clients
    private let channel: any Channel
    let port: Int

    /// What the clients sent after the handshake, one item for each connection.
    var received: [[UInt8]] { clients.received }

    /// The certificate of future connections.
    func replaceCertificate(by certificate: TestCertificate) { clients.replaceCertificate(by: certificate) }

    static func run<R>(
        _ certificate: TestCertificate?, followedBy others: [TestCertificate] = [], speaking speech: Speech = .http1,
        version: TLSVersion? = nil, _ body: (TLSServer) async throws -> R
    ) async throws -> R {
        let server = try await TLSServer(certificate, others, speech, version)
        do {
            let result = try await body(server)
            try await server.channel.close()
            return result
        } catch {
            try? await server.channel.close()
            throw error
        }
    }

    private init(_ certificate: TestCertificate?, _ others: [TestCertificate], _ speech: Speech, _ version: TLSVersion?)
        async throws
    {
        let clients = Clients(certificate, others, version)
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
    private let version: TLSVersion?

    init(_ certificate: TestCertificate?, _ others: [TestCertificate], _ version: TLSVersion?) {
        self.version = version
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
            configuration.minimumTLSVersion = version ?? .tlsv12
            configuration.maximumTLSVersion = version
            configuration.curves = [.x25519, .secp256r1, .secp384r1, .secp521r1]
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
        case .silence, .greeting: break
        case .bytes(let bytes): say(bytes, context)
        case .farewell: context.close(promise: nil)
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        if case .greeting(let text) = speech { say(text.utf8, context) }
        context.fireChannelActive()
    }

    private func say(_ bytes: some Sequence<UInt8>, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
