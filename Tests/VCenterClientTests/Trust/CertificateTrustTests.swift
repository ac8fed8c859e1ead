import AsyncHTTPClient
import Crypto
import GuestCustomization
import HistoryConfiguration
import NIOSSL
import TestSupport
import Testing
import X509

@testable import VCenterClient

@Suite struct CertificateTrustTests {
    private let files: TemporaryDirectory

    init() throws {
        files = try TemporaryDirectory()
    }

    private func trust(
        authority: TestCertificate? = nil, pinning pin: String? = nil, at port: Int = 0
    ) throws -> CertificateTrust {
        try CertificateTrust(
            authorityFiles: authority.map { [try files.write("ca.pem", $0.pem)] } ?? [],
            knownHostsFiles: pin.map { [try files.write("known_hosts", "localhost:\(port) \($0)\n")] } ?? [])
    }

    private func refusal(
        of trust: @autoclosure () throws -> CertificateTrust, by server: TLSServer, host: String = "localhost",
        timeout: Duration = .seconds(10)
    ) async throws -> HistoryError? {
        let trust = try trust()
        let address = VCenterAddress(host: host, port: server.port)
        return await #expect(throws: HistoryError.self) {
            try await trust.establish(with: address, connectTimeout: timeout, now: Timestamp.now)
        }
    }

    private func get(_ port: Int, _ trust: EstablishedTrust) async throws -> UInt {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: trust.httpClientConfiguration(concurrency: 2, connectTimeout: .seconds(10)))
        do {
            let response = try await client.execute(
                HTTPClientRequest(url: "https://localhost:\(port)/"), timeout: .seconds(10))
            try await client.shutdown()
            return response.status.code
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    @Test func `a certificate of a given authority is trusted, and requests succeed`() async throws {
        let authority = try TestCertificate.authority()
        try await TLSServer.run(try .server(issuer: authority)) { server in
            let trust = try await trust(authority: authority)
                .establish(with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now)
            #expect(!trust.isPinned)
            #expect(server.received == [[]])
            #expect(try await get(server.port, trust) == 204)
        }
    }

    @Test func `given authorities are trusted exclusively`() async throws {
        let authority = try TestCertificate.authority("Ours")
        try await TLSServer.run(try .server(issuer: .authority("Theirs"))) { server in
            let byOthers = try await refusal(of: trust(authority: authority), by: server)
            #expect(byOthers?.code == .unknownIssuer)
            let bySystem = try await refusal(of: .system, by: server)
            #expect(bySystem?.code == .unknownIssuer)
        }
    }

    @Test func `an unknown certificate is reported with everything needed to decide about it`() async throws {
        let certificate = try TestCertificate.server("vc1.example.com", issuer: .authority("VMCA"))
        try await TLSServer.run(certificate) { server in
            let error = try await refusal(of: .system, by: server)
            let message = error?.message ?? ""
            #expect(message.contains("subject CN=vc1.example.com, issuer CN=VMCA, valid 20"))
            #expect(message.contains("add the line \"localhost:\(server.port) \(certificate.sha256)\" to"))
            #expect(message.contains("GOVC_TLS_KNOWN_HOSTS"))
            #expect(message.contains("GOVC_TLS_CA_CERTS"))
            #expect(!message.contains("\n"))
            #expect(server.received == [[], []], "one handshake that verifies, one that looks, and no request")
        }
    }

    @Test(arguments: [Thumbprint.Algorithm.sha256, .sha1])
    func `a pinned certificate is trusted without an authority`(algorithm: Thumbprint.Algorithm)
        async throws
    {
        let certificate = try TestCertificate.server()
        try await TLSServer.run(certificate) { server in
            let pin = algorithm == .sha256 ? certificate.sha256 : certificate.sha1
            let trust = try await trust(pinning: pin, at: server.port)
                .establish(with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now)
            #expect(trust.isPinned)
            #expect(try await get(server.port, trust) == 204)
        }
    }

    @Test func `a thumbprint in the configuration pins a certificate as a file does`() async throws {
        let certificate = try TestCertificate.server()
        try await TLSServer.run(certificate) { server in
            let trust = try CertificateTrust(
                thumbprint: Thumbprint(certificate.sha256), thumbprintSetting: "config.yaml:3")
            #expect(
                try await trust.establish(
                    with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now
                ).isPinned)
        }
    }

    @Test func `a certificate other than the pinned one is refused before any request, with both thumbprints`()
        async throws
    {
        let (presented, pinned) = (try TestCertificate.server(), try TestCertificate.server())
        try await TLSServer.run(presented) { server in
            let error = try await refusal(of: trust(pinning: pinned.sha1, at: server.port), by: server)
            #expect(error?.code == .thumbprintMismatch)
            #expect(
                error?.message.contains(
                    "known_hosts:1 pins SHA-1 \(pinned.sha1), the server presents \(presented.sha1)") == true)
            #expect(server.received == [[], []])
        }
    }

    @Test func `a pin is not used when an authority signed the certificate`() async throws {
        let authority = try TestCertificate.authority()
        try await TLSServer.run(try .server(issuer: authority)) { server in
            let trust = try trust(authority: authority, pinning: TestCertificate.server().sha256, at: server.port)
            #expect(
                try await trust.establish(
                    with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now
                ).isPinned == false)
        }
    }

    @Test func `a trusted certificate of another host is reported as such, and a pin allows it`() async throws {
        let authority = try TestCertificate.authority()
        let certificate = try TestCertificate.server(hostNames: ["other.example.com"], issuer: authority)
        try await TLSServer.run(certificate) { server in
            let error = try await refusal(of: trust(authority: authority), by: server)
            #expect(error?.code == .hostNameMismatch)
            #expect(error?.message.contains("issued to another host") == true)
            let pinned = try trust(authority: authority, pinning: certificate.sha256, at: server.port)
            #expect(
                try await pinned.establish(
                    with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now
                ).isPinned)
        }
    }

    @Test func `a certificate for a name is not valid for an address`() async throws {
        let authority = try TestCertificate.authority()
        try await TLSServer.run(try .server(issuer: authority)) { server in
            let error = try await refusal(of: trust(authority: authority), by: server, host: "127.0.0.1")
            #expect(error?.code == .hostNameMismatch)
        }
    }

    @Test(arguments: [-30...(-1), 1...30])
    func `a certificate outside its validity is refused even if it is pinned`(days: ClosedRange<Int>) async throws {
        let certificate = try TestCertificate.server(days: days)
        try await TLSServer.run(certificate) { server in
            let error = try await refusal(of: trust(pinning: certificate.sha256, at: server.port), by: server)
            #expect(error?.code == .outsideValidity)
            #expect(error?.message.contains("set this machine's clock") == true)
        }
    }

    @Test func `without verification nothing is sent beforehand, and requests succeed`() async throws {
        try await TLSServer.run(try .server(hostNames: ["other.example.com"], days: -30...(-1))) { server in
            let trust = try await CertificateTrust.insecure.establish(
                with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now)
            #expect(server.received == [[]])
            #expect(try await get(server.port, trust) == 204)
        }
    }

    @Test func `a server's text is cleaned and cut in the error`() async throws {
        let subject = "evil\u{1B}[2J\n\u{202E}" + String(repeating: "x", count: 5000)
        try await TLSServer.run(try .server(subject)) { server in
            let message = try await refusal(of: .system, by: server)?.message ?? ""
            #expect(message.contains("subject CN=evil?[2J??xxx"))
            #expect(message.unicodeScalars.count < 2000)
        }
    }

    @Test func `an unreachable server is not reported as a certificate error`() async throws {
        // A port that was free a moment ago may belong to another test by now; nobody listens on this one.
        let port = 1
        let closed = await #expect(throws: HistoryError.self) {
            try await CertificateTrust.system.establish(
                with: VCenterAddress(host: "127.0.0.1", port: port), now: Timestamp.now)
        }
        #expect(closed?.code == .unreachable)
        #expect(closed?.message.contains("connect to 127.0.0.1:\(port): connection refused") == true)
    }

    @Test(arguments: [
        (TLSServer.Speech.plainText, "HTTP/1.1 204 No Content"),
        (.greeting("SSH-2.0-OpenSSH_9.2p1\r\n"), "SSH-2.0-OpenSSH_9.2p1"),
        (.greeting("220 mail.example.com ESMTP\r\n"), "220 mail.example.com ESMTP"), (.greeting("2"), "2"),
        (.greeting("\u{1B}[2J" + String(repeating: "x", count: 9000)), "?[2Jxxx"), (.greeting("\u{16}\u{2}"), "?"),
        (.bytes(Array(200..<255)), "????"),
    ])
    func `a server that does not speak TLS is reported at once as such`(speech: TLSServer.Speech, words: String)
        async throws
    {
        for trust in [CertificateTrust.system, .insecure] {
            try await TLSServer.run(nil, speaking: speech) { server in
                let error = try await refusal(of: trust, by: server, timeout: .seconds(3600))
                #expect(error?.code == .notTLS)
                #expect(
                    error?.message.contains("does not speak TLS: it answered \"\(words)") == true,
                    "\(error?.message ?? "")")
                #expect((error?.message.count ?? 0) < 300)
            }
        }
    }

    @Test(arguments: [CertificateTrust.system, .insecure])
    func `silence and a closed connection are not reported as certificate errors`(trust: CertificateTrust) async throws
    {
        try await TLSServer.run(nil, speaking: .silence) { server in
            let error = try await refusal(of: trust, by: server, timeout: .seconds(2))
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("did not answer the TLS handshake within 2 s") == true)
        }
        try await TLSServer.run(nil, speaking: .farewell) { server in
            let error = try await refusal(of: trust, by: server, timeout: .seconds(3600))
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("closed the connection during the TLS handshake") == true)
        }
    }

    @Test func `a refused handshake is reported in terms of TLS, not of the source code`() async throws {
        // A fatal alert: handshake_failure.
        try await TLSServer.run(nil, speaking: .bytes([21, 3, 1, 0, 2, 2, 40])) { server in
            let error = try await refusal(of: .insecure, by: server)
            #expect(error?.code == .unreachable)
            let message = error?.message ?? ""
            #expect(message.contains("the TLS handshake failed: sslv3 alert handshake failure"))
            #expect(!message.contains("/"))
        }
    }

    struct Keys: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var authority: Certificate.PrivateKey
        var server: Certificate.PrivateKey
    }

    @Test(arguments: [
        Keys(testDescription: "P-521 by P-256", authority: .p256, server: .init(P521.Signing.PrivateKey())),
        Keys(
            testDescription: "P-521 by P-521", authority: .init(P521.Signing.PrivateKey()),
            server: .init(P521.Signing.PrivateKey())),
        Keys(
            testDescription: "P-384 by P-521", authority: .init(P521.Signing.PrivateKey()),
            server: .init(P384.Signing.PrivateKey())),
        Keys(
            testDescription: "P-256 by Ed25519", authority: .init(Curve25519.Signing.PrivateKey()), server: .p256),
        Keys(
            testDescription: "Ed25519 by Ed25519", authority: .init(Curve25519.Signing.PrivateKey()),
            server: .init(Curve25519.Signing.PrivateKey())),
    ])
    func `every key type that govc accepts is accepted from an authority, an anchor and a pin`(keys: Keys)
        async throws
    {
        let root = try TestCertificate.authority("Root", key: keys.authority)
        let between = try TestCertificate.authority("Between", issuer: root, key: keys.authority)
        let certificate = try TestCertificate.server(issuer: between, key: keys.server)
        for version in [TLSVersion.tlsv12, .tlsv13] {
            try await TLSServer.run(certificate, followedBy: [between], version: version) { server in
                for trust in [
                    try trust(authority: root), try trust(authority: between),
                    try trust(pinning: certificate.sha256, at: server.port),
                ] {
                    let established = try await trust.establish(
                        with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now)
                    let status = try await get(server.port, established)
                    #expect(status == 204)
                }
            }
        }
    }

    @Test func `an unknown host name is reported as such`() async throws {
        // RFC 6761 §6.4: .invalid never resolves.
        let error = await #expect(throws: HistoryError.self) {
            try await CertificateTrust.system.establish(with: VCenterAddress(host: "vc.invalid"), now: Timestamp.now)
        }
        #expect(error?.message.contains("cannot connect to vc.invalid:443: the host name cannot be resolved") == true)
    }

    @Test func `a certificate that changes after trust was established is refused before a request`() async throws {
        let certificate = try TestCertificate.server()
        try await TLSServer.run(certificate) { server in
            let trust = try await trust(pinning: certificate.sha256, at: server.port)
                .establish(with: VCenterAddress(host: "localhost", port: server.port), now: Timestamp.now)
            server.replaceCertificate(by: try .server())
            let error = await #expect(throws: HistoryError.self) { try await get(server.port, trust) }
            #expect(error?.code == .thumbprintMismatch)
            #expect(server.received.last == [])
        }
    }
}
