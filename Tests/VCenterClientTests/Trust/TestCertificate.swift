import Crypto
import Foundation
import NIOSSL
import X509

/// A certificate made for one test, with its key.
struct TestCertificate {
    let certificate: Certificate
    let key: Certificate.PrivateKey
    let pem: String
    let nioSSL: NIOSSLCertificate
    let nioSSLKey: NIOSSLPrivateKey
    /// Thumbprints, computed here and not by the code under test.
    let sha256: String
    let sha1: String

    private init(_ certificate: Certificate, _ key: Certificate.PrivateKey) throws {
        self.certificate = certificate
        self.key = key
        pem = try certificate.serializeAsPEM().pemString
        nioSSL = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
        nioSSLKey = try NIOSSLPrivateKey(bytes: Array(key.serializeAsPEM().pemString.utf8), format: .pem)
        let der = try nioSSL.toDERBytes()
        sha256 = Self.hex(SHA256.hash(data: der))
        sha1 = Self.hex(Insecure.SHA1.hash(data: der))
    }

    static func authority(
        _ name: String = "Test CA", issuer: TestCertificate? = nil, days: ClosedRange<Int> = -1...30,
        key: Certificate.PrivateKey = .p256
    ) throws -> TestCertificate {
        try make(subject: name, names: [], issuer: issuer, isAuthority: true, days: days, usages: [], key: key)
    }

    /// - Parameter days: first and last day of validity, counted from now.
    static func server(
        _ subject: String = "vc", hostNames: [String] = ["localhost"], addresses: [[UInt8]] = [],
        issuer: TestCertificate? = nil, days: ClosedRange<Int> = -1...30,
        usages: [ExtendedKeyUsage.Usage] = [], key: Certificate.PrivateKey = .p256
    ) throws -> TestCertificate {
        try make(
            subject: subject,
            names: hostNames.map { .dnsName($0) } + addresses.map { .ipAddress(.init(contentBytes: $0[...])) },
            issuer: issuer, isAuthority: false, days: days, usages: usages, key: key)
    }

    private static func make(
        subject: String, names: [GeneralName], issuer: TestCertificate?, isAuthority: Bool, days: ClosedRange<Int>,
        usages: [ExtendedKeyUsage.Usage], key: Certificate.PrivateKey
    ) throws -> TestCertificate {
        let name = try DistinguishedName { CommonName(subject) }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey,
            notValidBefore: Date(timeIntervalSinceNow: Double(days.lowerBound) * 86400),
            notValidAfter: Date(timeIntervalSinceNow: Double(days.upperBound) * 86400),
            issuer: issuer?.certificate.subject ?? name, subject: name,
            extensions: try Certificate.Extensions {
                if isAuthority {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                } else {
                    Critical(BasicConstraints.notCertificateAuthority)
                    if !names.isEmpty { SubjectAlternativeNames(names) }
                }
                if !usages.isEmpty { Critical(try ExtendedKeyUsage(usages)) }
            },
            issuerPrivateKey: issuer?.key ?? key)
        return try TestCertificate(certificate, key)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02X", $0) }.joined(separator: ":")
    }
}

extension Certificate.PrivateKey {
    static var p256: Self { Self(P256.Signing.PrivateKey()) }
}
