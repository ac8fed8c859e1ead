import GuestCustomization
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A vCenter on loopback: HTTPS, sessions, listings and customizations that begin, run and end by themselves.
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
    package var user: String { service.user }
    package var password: String { service.password }
    /// What it says that it is.
    package var instanceUUID: String { service.instanceUUID.withLock { $0 } }
    /// Certificate of the authority to trust, PEM. It signed nothing but this server's certificate, and never will.
    package let authorityPEM: String
    /// The server's own certificate, PEM.
    package let certificatePEM: String
    /// Key of the server's certificate, PEM, for what stands before it.
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

    /// Starts a vCenter on loopback; the caller owes it a `shutdown()`.
    ///
    /// Throws `SimulatorStartFailure` if the port cannot be had.
    package static func start(_ options: Options) async throws -> SimulatedVCenter {
        let certificate = try ServerCertificate(hostNames: options.hostNames)
        let password = options.password ?? SessionTable.randomToken()
        let service = VCenterService(options, password: password)
        let date = DateHeader(clock: options.clock)
        let connections = OpenConnections(most: options.connections)
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
            throw SimulatorStartFailure(port: options.port, reason: "\(error)")
        }
    }

    /// Runs `body` with a vCenter, which is shut down in any case.
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

    /// Closes the port and every connection, whatever it is waiting for.
    package func shutdown() async throws {
        try? await listener.close()
        await connections.closeAll()
        try await ownGroup?.shutdownGracefully()
    }
}

/// There are as many connections as there may be, or all are being closed.
private struct ConnectionRefused: Error {}

/// The port could not be had.
package struct SimulatorStartFailure: Error, CustomStringConvertible {
    package let port: Int
    package let reason: String

    package var description: String {
        "The simulated vCenter could not listen on 127.0.0.1 port \(port): \(reason). Choose another port, or 0 for a free one."
    }
}

/// The connections to be closed at the end.
private final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]?>([:])
    private let most: Int

    init(most: Int) {
        self.most = most
    }

    /// False where there are as many as there may be, and once everything is being closed.
    func add(_ channel: any Channel) -> Bool {
        let isAdded = channels.withLock { channels in
            guard let open = channels, open.count < most else { return false }
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
            // Beneath TLS, whose farewell waits for the client's.
            channel.eventLoop.execute {
                let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
                if let tls { tls.close(promise: nil) } else { channel.close(promise: nil) }
            }
        }
        for channel in open { try? await channel.closeFuture.get() }
    }
}
