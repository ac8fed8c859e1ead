import AsyncHTTPClient
import GuestCustomization
import HistoryConfiguration
import TestSupport
import Testing

@testable import VCenterClient

/// The rule of Go, and so of govc: any certificate of the files is a trust anchor.
@Suite struct CertificateAnchorTests {
    private let files: TemporaryDirectory
    private let root: TestCertificate
    private let intermediate: TestCertificate

    init() throws {
        files = try TemporaryDirectory()
        root = try .authority("Root")
        intermediate = try .authority("Intermediate", issuer: root)
    }

    private func trust(_ anchors: [TestCertificate]) throws -> CertificateTrust {
        try CertificateTrust(authorityFiles: [files.write("ca.pem", anchors.map(\.pem).joined(separator: "\n"))])
    }

    /// `trusted` if a request succeeds, else the kind of refusal.
    private func outcome(
        of anchors: [TestCertificate], at server: TLSServer, host: String = "localhost"
    ) async throws -> String {
        do {
            let established = try await trust(anchors).establish(
                with: VCenterAddress(host: host, port: server.port), now: Timestamp.now)
            #expect(!established.isPinned)
            #expect(try await get(server.port, established) == 204)
            return "trusted"
        } catch let error as HistoryError {
            let requests = server.received.filter { !$0.isEmpty }
            #expect(requests.isEmpty, "no request is sent to a server that is not trusted")
            return error.code.rawValue
        }
    }

    private func expect(
        _ expected: String, of anchors: [TestCertificate], at server: TLSServer,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await outcome(of: anchors, at: server)
        #expect(outcome == expected, sourceLocation: sourceLocation)
    }

    private func get(_ port: Int, _ trust: EstablishedTrust) async throws -> UInt {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: trust.httpClientConfiguration(concurrency: 2, connectTimeout: .seconds(10)))
        do {
            let status = try await client.execute(
                HTTPClientRequest(url: "https://localhost:\(port)/"), timeout: .seconds(10)
            )
            .status.code
            try await client.shutdown()
            return status
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    @Test func `an intermediate authority is an anchor, whether or not the server sends it`() async throws {
        let certificate = try TestCertificate.server(issuer: intermediate)
        try await TLSServer.run(certificate, followedBy: [intermediate, root]) { server in
            try await expect("trusted", of: [intermediate], at: server)
        }
        try await TLSServer.run(certificate) { server in
            try await expect("trusted", of: [intermediate], at: server)
        }
    }

    @Test func `an authority above an intermediate that the server sends is an anchor`() async throws {
        let lower = try TestCertificate.authority("Lower", issuer: intermediate)
        try await TLSServer.run(try .server(issuer: lower), followedBy: [lower]) { server in
            try await expect("trusted", of: [intermediate], at: server)
        }
    }

    @Test func `the server's own certificate is an anchor, whoever signed it`() async throws {
        for certificate in [try TestCertificate.server(issuer: intermediate), try .server()] {
            try await TLSServer.run(certificate) { server in
                try await expect("trusted", of: [certificate], at: server)
            }
        }
    }

    @Test func `a certificate is trusted only for its host and only by subject alternative names`() async throws {
        let other = try TestCertificate.server(hostNames: ["other.example.com"], issuer: intermediate)
        try await TLSServer.run(other) { server in
            try await expect("hostNameMismatch", of: [intermediate], at: server)
            try await expect("hostNameMismatch", of: [other], at: server)
        }
        for issuer in [intermediate, root] {
            let nameless = try TestCertificate.server("localhost", hostNames: [], issuer: issuer)
            try await TLSServer.run(nameless) { server in
                try await expect("hostNameMismatch", of: [issuer], at: server)
            }
        }
    }

    @Test func `an expired certificate is neither an anchor nor trusted by one`() async throws {
        let late = try TestCertificate.authority("Late", issuer: root, days: -30...(-1))
        try await TLSServer.run(try .server(issuer: late)) { server in
            try await expect("unknownIssuer", of: [late], at: server)
        }
        let expired = try TestCertificate.server(issuer: intermediate, days: -30...(-1))
        try await TLSServer.run(expired) { server in
            try await expect("outsideValidity", of: [intermediate], at: server)
            try await expect("outsideValidity", of: [expired], at: server)
        }
    }

    @Test func `a leaf certificate and an authority with the same name and another key are not anchors`() async throws {
        let leaf = try TestCertificate.server("Test CA", issuer: intermediate)
        let forged = try TestCertificate.server(issuer: leaf)
        try await TLSServer.run(forged, followedBy: [leaf]) { server in
            try await expect("unknownIssuer", of: [leaf], at: server)
            try await expect("unknownIssuer", of: [intermediate], at: server)
        }
        let impostor = try TestCertificate.authority("Intermediate", issuer: root)
        try await TLSServer.run(try .server(issuer: impostor), followedBy: [impostor]) { server in
            try await expect("unknownIssuer", of: [intermediate], at: server)
        }
    }

    @Test func `a certificate for clients only is not trusted`() async throws {
        try await TLSServer.run(try .server(issuer: intermediate, usages: [.clientAuth])) { server in
            try await expect("unknownIssuer", of: [intermediate], at: server)
        }
        try await TLSServer.run(try .server(issuer: intermediate, usages: [.serverAuth])) { server in
            try await expect("trusted", of: [intermediate], at: server)
        }
    }

    @Test
    func `every connection is checked, and another certificate of the same authority is trusted`()
        async throws
    {
        try await TLSServer.run(try .server(issuer: intermediate)) { server in
            let established = try await trust([intermediate])
                .establish(with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now)
            server.replaceCertificate(by: try .server(issuer: intermediate))
            #expect(try await get(server.port, established) == 204)
            for other in [
                try TestCertificate.server(), try .server(hostNames: ["other.example.com"], issuer: intermediate),
            ] {
                server.replaceCertificate(by: other)
                let error = await #expect(throws: HistoryError.self) { try await get(server.port, established) }
                #expect(error?.code == .unknownIssuer)
                #expect(server.received.last == [])
            }
        }
        try await TLSServer.run(try .server(issuer: root)) { server in
            let established = try await trust([root]).establish(
                with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now)
            server.replaceCertificate(by: try .server(hostNames: ["other.example.com"], issuer: root))
            let error = await #expect(throws: HistoryError.self) { try await get(server.port, established) }
            #expect(error?.code == .hostNameMismatch)
            #expect(server.received.last == [])
        }
    }
}
