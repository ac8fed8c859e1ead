import AsyncHTTPClient
import NIOSSL
import Testing
import VCenterSimulator

@Suite struct CertificateTests {
    @Test(arguments: ["localhost", "127.0.0.1"])
    func `a client that trusts the authority connects by name and by address`(host: String) async throws {
        try await withVCenter { _, client async throws in
            var client = client
            client.host = host
            #expect(try await client.send("GET", "/api/session").status == 401)
        }
    }

    @Test func `a client that trusts the system's roots refuses the certificate`() async throws {
        try await withVCenter { vCenter, _ in
            var configuration = HTTPClient.Configuration()
            configuration.connectionPool.retryConnectionEstablishment = false
            let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            await #expect(throws: NIOSSLError.self) {
                _ = try await http.execute(HTTPClientRequest(url: vCenter.url + "/api/session"), timeout: .seconds(60))
            }
            try await http.shutdown()
        }
    }

    @Test func `two vCenters have different certificates and thumbprints in govc's format`() async throws {
        try await withVCenter { one, _ in
            try await withVCenter { other, _ in
                #expect(one.sha256Thumbprint != other.sha256Thumbprint)
                #expect(one.sha256Thumbprint.wholeMatch(of: /([0-9A-F]{2}:){31}[0-9A-F]{2}/) != nil)
                #expect(one.sha1Thumbprint.wholeMatch(of: /([0-9A-F]{2}:){19}[0-9A-F]{2}/) != nil)
                let certificates = try NIOSSLCertificate.fromPEMBytes(Array(one.certificatePEM.utf8))
                #expect(certificates.count == 1)
            }
        }
    }
}
