import Testing

@testable import VCenterClient

@Suite struct CertificateNamesTests {
    @Test(arguments: [
        ("vc.example.org", ["vc.example.org"], true), ("VC.example.ORG", ["vc.Example.org"], true),
        ("vc.example.org", ["*.example.org"], true), ("a.vc.example.org", ["*.example.org"], false),
        ("example.org", ["*.example.org"], false), ("vc.example.org", ["v*.example.org"], false),
        ("vc.example.org", ["vc.*.org"], false), ("vc_lab.example.org", ["vc_lab.example.org"], true),
        ("vc_lab.example.org", ["*.example.org"], true), ("vc", ["*"], false), ("vc.example.org", [], false),
        ("vc.example.org", ["other.org", "vc.example.org"], true), ("vc.example.org", ["vc.example.org."], false),
    ])
    func `host names are matched by Go's rules`(host: String, names: [String], expected: Bool) throws {
        let certificate = try TestCertificate.server(hostNames: names)
        #expect(CertificateNames(certificate.nioSSL).include(host) == expected)
    }

    @Test func `addresses are matched by their bytes`() throws {
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
