import Crypto
import Foundation
import NIOSSL
import X509

/// A certificate for this process only, signed by its own authority, as vCenter's is signed by VMCA.
///
/// The authority's key is discarded after signing, so it can never sign anything else, and the certificate may be
/// trusted from a file without risk. It needs no clock: it is valid from 2020 to 2049, which covers every
/// client's clock.
struct ServerCertificate {
    /// The authority's certificate, which a client has to trust.
    let authorityPEM: String
    /// The server's own certificate.
    let certificatePEM: String
    let privateKeyPEM: String
    /// SHA-256 and SHA-1 of the server's certificate in govc's form: colon-separated upper-case hexadecimal.
    let sha256Thumbprint: String
    let sha1Thumbprint: String
    /// For the server's side of TLS 1.2 and 1.3.
    let tlsContext: NIOSSLContext

    init(hostNames: [String] = ["localhost"]) throws {
        let authorityKey = P256.Signing.PrivateKey()
        let key = P256.Signing.PrivateKey()
        let authorityName = try DistinguishedName {
            CommonName("Simulated vCenter CA")
            OrganizationName("customization-history")
        }
        let authorityIdentifier = SubjectKeyIdentifier(
            hash: Certificate.PublicKey(authorityKey.publicKey))
        let validFrom = Date(timeIntervalSince1970: 1_577_836_800)
        let validTo = Date(timeIntervalSince1970: 2_524_607_999)

        func certificate(
            _ subject: DistinguishedName, of key: P256.Signing.PrivateKey, _ extensions: Certificate.Extensions
        ) throws -> Certificate {
            try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
                notValidBefore: validFrom, notValidAfter: validTo, issuer: authorityName, subject: subject,
                extensions: extensions, issuerPrivateKey: .init(authorityKey))
        }
        let authority = try certificate(
            authorityName, of: authorityKey,
            Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
                authorityIdentifier
            })
        let server = try certificate(
            DistinguishedName { CommonName("localhost") }, of: key,
            Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(
                    hostNames.map { .dnsName($0) } + [
                        .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
                        .ipAddress(.init(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
                    ])
                SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
                AuthorityKeyIdentifier(keyIdentifier: authorityIdentifier.keyIdentifier)
            })

        let authorityDocument = try authority.serializeAsPEM()
        let document = try server.serializeAsPEM()
        authorityPEM = authorityDocument.pemString + "\n"
        privateKeyPEM = key.pemRepresentation
        certificatePEM = document.pemString + "\n"
        sha256Thumbprint = Self.thumbprint(SHA256.hash(data: document.derBytes))
        sha1Thumbprint = Self.thumbprint(Insecure.SHA1.hash(data: document.derBytes))
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [
                .certificate(try NIOSSLCertificate(bytes: document.derBytes, format: .der)),
                .certificate(try NIOSSLCertificate(bytes: authorityDocument.derBytes, format: .der)),
            ],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // A client that leaves during an endless answer cannot get a closing message; the default wait is five seconds.
        configuration.shutdownTimeout = .milliseconds(200)
        tlsContext = try NIOSSLContext(configuration: configuration)
    }

    private static func thumbprint(_ digest: some Sequence<UInt8>) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: ":")
    }
}
