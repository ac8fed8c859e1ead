import AsyncHTTPClient
import GuestCustomization
import HistoryConfiguration
import TestSupport
import Testing

@testable import VCenterClient

/// Go's rule, and so govc's: any certificate of the files vouches.
@Suite struct `Any certificate of the authorities' files vouches` {
    private let files: TemporaryFiles
    private let root: TestCertificate
    private let intermediate: TestCertificate

    init() throws {
        files = try TemporaryFiles()
        root = try .authority("Root")
        intermediate = try .authority("Intermediate", issuer: root)
    }

    private func trust(_ anchors: [TestCertificate]) throws -> CertificateTrust {
        try CertificateTrust(authorityFiles: [files.write("ca.pem", anchors.map(\.pem).joined(separator: "\n"))])
    }

    /// `trusted` where a request then gets through; else the kind of refusal.
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

    @Test func `an intermediate authority, whether or not the server shows it`() async throws {
        let certificate = try TestCertificate.server(issuer: intermediate)
        try await TLSServer.run(certificate, followedBy: [intermediate, root]) { server in
            try await expect("trusted", of: [intermediate], at: server)
        }
        try await TLSServer.run(certificate) { server in
            try await expect("trusted", of: [intermediate], at: server)
        }
    }

    @Test func `one above an intermediate that the server shows`() async throws {
        let lower = try TestCertificate.authority("Lower", issuer: intermediate)
        try await TLSServer.run(try .server(issuer: lower), followedBy: [lower]) { server in
            try await expect("trusted", of: [intermediate], at: server)
        }
    }

    @Test func `the server's own certificate, whoever signed it`() async throws {
        for certificate in [try TestCertificate.server(issuer: intermediate), try .server()] {
            try await TLSServer.run(certificate) { server in
                try await expect("trusted", of: [certificate], at: server)
            }
        }
    }

    @Test func `but for the host that it is made out to, and by subject alternative names only`() async throws {
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

    @Test func `but none that is past its time, or vouches for one that is`() async throws {
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

    @Test func `but not one that is no authority, nor one of the same name with another key`() async throws {
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

    @Test func `but not for a certificate that is for clients only`() async throws {
        try await TLSServer.run(try .server(issuer: intermediate, usages: [.clientAuth])) { server in
            try await expect("unknownIssuer", of: [intermediate], at: server)
        }
        try await TLSServer.run(try .server(issuer: intermediate, usages: [.serverAuth])) { server in
            try await expect("trusted", of: [intermediate], at: server)
        }
    }

    @Test
    func `on every connection: one renewed by the same authority is trusted, another is refused before a request`()
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

@Suite struct `A certificate is made out to` {
    @Test(arguments: [
        ("vc.example.org", ["vc.example.org"], true), ("VC.example.ORG", ["vc.Example.org"], true),
        ("vc.example.org", ["*.example.org"], true), ("a.vc.example.org", ["*.example.org"], false),
        ("example.org", ["*.example.org"], false), ("vc.example.org", ["v*.example.org"], false),
        ("vc.example.org", ["vc.*.org"], false), ("vc_lab.example.org", ["vc_lab.example.org"], true),
        ("vc_lab.example.org", ["*.example.org"], true), ("vc", ["*"], false), ("vc.example.org", [], false),
        ("vc.example.org", ["other.org", "vc.example.org"], true), ("vc.example.org", ["vc.example.org."], false),
    ])
    func `host names, by Go's rules`(host: String, names: [String], expected: Bool) throws {
        let certificate = try TestCertificate.server(hostNames: names)
        #expect(CertificateNames(certificate.nioSSL).include(host) == expected)
    }

    @Test func `addresses, by their bytes`() throws {
        let v6: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]
        let names = CertificateNames(
            try TestCertificate.server(hostNames: ["192.0.2.9"], addresses: [[192, 0, 2, 1], v6]).nioSSL)
        #expect(names.include("192.0.2.1"))
        #expect(names.include("::ffff:192.0.2.1"))
        #expect(names.include("2001:db8::7"))
        #expect(!names.include("192.0.2.2"))
        #expect(!names.include("192.0.2.9"), "a name is no address")
    }
}
