import GuestCustomization
import NIOCore
import NIOPosix
import NIOSSL
import Testing
import VCenterSimulator

@Suite struct ConnectionTests {
    /// Sends `text` over TLS and returns everything received until the server closed the connection.
    private func exchange(_ text: String, with vCenter: SimulatedVCenter) async throws -> String {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(vCenter.authorityPEM.utf8)))
        let context = try NIOSSLContext(configuration: tls)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: vCenter.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var received = ""
            do {
                for try await part in inbound { received += String(buffer: part) }
            } catch NIOSSLError.uncleanShutdown {}
            return received
        }
    }

    @Test func `pipelined requests are answered in order on one connection`() async throws {
        try await withVCenter { vCenter, _ in
            let get = "GET /api/nothing HTTP/1.1\r\nHost: a\r\n"
            let text = String(repeating: get + "\r\n", count: 20) + get + "Connection: close\r\n\r\n"
            let received = try await exchange(text, with: vCenter)
            #expect(received.ranges(of: "HTTP/1.1 404 Not Found").count == 21)
            #expect(received.ranges(of: "Connection: close").count == 1)
            #expect(vCenter.activity.acceptedConnections == 1)
            #expect(vCenter.activity.maximumOpenRequests == 1)
        }
    }

    @Test func `a request that is not HTTP gets an error, and the connection is closed`() async throws {
        try await withVCenter { vCenter, _ async throws in
            #expect(try await exchange("nonsense\r\n\r\n", with: vCenter).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        }
    }

    @Test func `a body beyond the limit ends the connection`() async throws {
        try await withVCenter { vCenter, client async throws in
            let head = "POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n"
            let received = try? await exchange(head + String(repeating: "x", count: 3_000_000), with: vCenter)
            #expect(received ?? "" == "")
            #expect(try await client.send("GET", "/api/session").status == 401)
        }
    }

    @Test func `the maximum of concurrent requests is counted and can be awaited without sleeping`() async throws {
        try await withVCenter { vCenter, client in
            vCenter.inject(.neverAnswer) { $0.kind == .hostList }
            let token = try await client.logIn()
            let stuck = (0..<3).map { _ in Task { try await client.get("/api/vcenter/host", token: token) } }
            let activity = try await vCenter.waitUntil { $0.openRequests == 3 }
            #expect(activity.maximumOpenRequests == 3)
            #expect(activity.requests[.hostList] == 3)
            for task in stuck { task.cancel() }
            try await vCenter.waitUntil { $0.openRequests == 0 }

            let waiting = Task { try await vCenter.waitUntil { $0.openRequests == 99 } }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `latency delays each answer, and connections do not wait for each other`() async throws {
        try await withVCenter {
            $0.latency = .seconds(3600)
        } _: { vCenter, client in
            let waiting = (0..<5).map { _ in Task { try await client.send("GET", "/api/session") } }
            try await vCenter.waitUntil { $0.openRequests == 5 }
            for task in waiting { task.cancel() }
        }
    }

    @Test func `a port in use is an error that names it`() async throws {
        try await withVCenter { vCenter, _ in
            var options = SimulatedVCenter.Options(clock: { sundayMorning })
            options.port = vCenter.port
            await #expect { _ = try await SimulatedVCenter.start(options) } throws: {
                "\($0)".contains("127.0.0.1 port \(vCenter.port)")
            }
        }
    }

    @Test func `a vCenter that was shut down is gone even if it was still answering`() async throws {
        try await withVCenter { _, client in
            let other = try await SimulatedVCenter.start(SimulatedVCenter.Options(clock: { sundayMorning }))
            other.inject(.neverAnswer)
            let stuck = Task {
                try await exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n", with: other)
            }
            try await other.waitUntil { $0.openRequests == 1 }
            try await other.shutdown()
            _ = await stuck.result
            #expect(other.activity.connections == 0)
            await #expect(throws: (any Error).self) { _ = try await exchange("", with: other) }
        }
    }
}
