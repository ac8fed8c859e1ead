import GuestCustomization
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A vCenter on loopback, with HTTPS, sessions, listings, and customizations that start, run and end without help.
///
/// It follows Broadcom's published API and what operators reported (docs/vcenter-api.md), not any client of it.
/// ```swift
/// var options = SimulatedVCenter.Options(clock: Timestamp.now)
/// options.virtualMachines = 10_000
/// try await SimulatedVCenter.withRunning(options) { vCenter in
///     print(vCenter.url, vCenter.user, vCenter.password, vCenter.authorityPEM)
/// }
/// ```
package final class SimulatedVCenter: Sendable {
    /// Port on 127.0.0.1.
    package let port: Int
    /// `https://localhost:PORT`
    package var url: String { "https://localhost:\(port)" }
    /// The account that may log in.
    package var user: String { service.user }
    /// The account's password.
    package var password: String { service.password }
    /// Its instance UUID.
    package var instanceUUID: String { service.instanceUUID.withLock { $0 } }
    /// Certificate of the authority to trust, PEM. It signed only this server's certificate, and cannot sign another.
    package let authorityPEM: String
    /// The server's own certificate, PEM.
    package let certificatePEM: String
    /// Key of the server's certificate, PEM, for a proxy in front of it.
    package let privateKeyPEM: String
    /// Of the server's certificate, as in `GOVC_TLS_KNOWN_HOSTS`: colon-separated upper-case hexadecimal.
    package let sha256Thumbprint: String
    /// Of the server's certificate, as in `GOVC_TLS_KNOWN_HOSTS`: colon-separated upper-case hexadecimal.
    package let sha1Thumbprint: String

    let service: VCenterService
    private let listener: any Channel
    private let connections: OpenConnections
    private let ownGroup: MultiThreadedEventLoopGroup?

    private init(
        service: VCenterService, certificate: ServerCertificate, listener: any Channel, port: Int,
        connections: OpenConnections, ownGroup: MultiThreadedEventLoopGroup?
    ) {
        self.service = service
        self.listener = listener
        self.port = port
        self.connections = connections
        self.ownGroup = ownGroup
        authorityPEM = certificate.authorityPEM
        certificatePEM = certificate.certificatePEM
        privateKeyPEM = certificate.privateKeyPEM
        sha256Thumbprint = certificate.sha256Thumbprint
        sha1Thumbprint = certificate.sha1Thumbprint
    }

    /// Starts a vCenter on loopback. The caller must call `shutdown()`.
    ///
    /// Throws `SimulatorStartFailure` if it cannot listen on the port.
    package static func start(_ options: Options) async throws -> SimulatedVCenter {
        let certificate = try ServerCertificate(hostNames: options.hostNames)
        let password = options.password ?? SessionTable.randomToken()
        let service = VCenterService(options, password: password)
        let date = DateHeader(clock: options.clock)
        let connections = OpenConnections(maximumCount: options.connections)
        let ownGroup = options.eventLoopGroup == nil ? MultiThreadedEventLoopGroup(numberOfThreads: 2) : nil
        let group: any EventLoopGroup = options.eventLoopGroup ?? ownGroup ?? MultiThreadedEventLoopGroup.singleton
        let tlsContext = certificate.tlsContext
        let accepted = Atomic(0)
        do {
            let listener = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard connections.add(channel) else { throw ConnectionRefused() }
                        let number = accepted.wrappingAdd(1, ordering: .relaxed).oldValue
                        if options.dropsHandshake(number) {
                            return try channel.pipeline.syncOperations.addHandler(DroppedHandshake())
                        }
                        try channel.pipeline.syncOperations.addHandlers(
                            NIOSSLServerHandler(context: tlsContext), ByteToMessageHandler(HTTPRequestDecoder()),
                            HTTPConnection(service: service, date: date))
                    }
                }
                .bind(host: "127.0.0.1", port: options.port).get()
            let port = listener.localAddress?.port ?? options.port
            if options.instanceUUID == nil {
                var draws = SplitMix64(SplitMix64.key(options.seed, of: "vCenter at port \(port)"), 5)
                service.instanceUUID.withLock { $0 = SimulatedVirtualMachine.uuid(drawing: &draws) }
            }
            let vCenter = SimulatedVCenter(
                service: service, certificate: certificate, listener: listener,
                port: port, connections: connections, ownGroup: ownGroup)
            for (number, machine) in vCenter.virtualMachines.enumerated() where options.isWithoutTools(number) {
                try vCenter.setAnswer(.toolsNotRunning(vm: machine.id), of: machine.id)
            }
            return vCenter
        } catch {
            try await ownGroup?.shutdownGracefully()
            // NIO's own text names the call and its parameters.
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? "\(error)"
            throw SimulatorStartFailure(port: options.port, reason: reason)
        }
    }

    /// Runs `body` with a vCenter, which is shut down afterwards in any case.
    package static func withRunning<Result>(
        _ options: Options, _ body: (SimulatedVCenter) async throws -> Result
    ) async throws -> Result {
        let vCenter = try await start(options)
        do {
            let result = try await body(vCenter)
            try await vCenter.shutdown()
            return result
        } catch {
            try await vCenter.shutdown()
            throw error
        }
    }

    /// Closes the port and every connection immediately.
    package func shutdown() async throws {
        try? await listener.close()
        await connections.closeAll()
        try await ownGroup?.shutdownGracefully()
    }
}

/// The limit of connections is reached, or all are being closed.
private struct ConnectionRefused: Error {}

/// The simulator could not listen on the port.
package struct SimulatorStartFailure: Error, CustomStringConvertible {
    /// The port that was asked for.
    package let port: Int
    /// Why, in the system's words.
    package let reason: String

    package var description: String {
        "cannot listen on 127.0.0.1 port \(port): \(reason); choose another port, or 0 for a free one"
    }
}

/// The connections to close at the end.
private final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]?>([:])
    private let maximumCount: Int

    init(maximumCount: Int) {
        self.maximumCount = maximumCount
    }

    /// Returns `false` if the limit is reached, or once everything is being closed.
    func add(_ channel: any Channel) -> Bool {
        let isAdded = channels.withLock { channels in
            guard let open = channels, open.count < maximumCount else { return false }
            channels?[ObjectIdentifier(channel)] = channel
            return true
        }
        channel.closeFuture.whenComplete { _ in
            self.channels.withLock { $0?[ObjectIdentifier(channel)] = nil }
        }
        return isAdded
    }

    func closeAll() async {
        let open = channels.withLock { channels in
            defer { channels = nil }
            return Array((channels ?? [:]).values)
        }
        for channel in open {
            // Close beneath TLS, which would wait for the client's closing message.
            channel.eventLoop.execute {
                let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
                if let tls { tls.close(promise: nil) } else { channel.close(promise: nil) }
            }
        }
        for channel in open { try? await channel.closeFuture.get() }
    }
}
