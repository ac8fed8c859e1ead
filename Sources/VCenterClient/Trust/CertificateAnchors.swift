import FoundationEssentials
import GuestCustomization
import NIOSSL
import SwiftASN1
@_spi(FixedExpiryValidationTime) import X509

/// Trusted certificates. Each is an anchor, even an intermediate authority's or the server's own: govc's rule, which comes from Go.
///
/// BoringSSL only accepts a chain that ends in a self-signed certificate (it has OpenSSL's PARTIAL_CHAIN, but we cannot reach it). So
/// if it finds no chain, swift-certificates builds it. It checks signatures, the validity of every certificate, basic and name
/// constraints, and that each certificate is for servers.
struct CertificateAnchors: Sendable {
    private let exact: Set<[UInt8]>
    private let store: CertificateStore
    private let now: @Sendable () -> Timestamp

    /// The number of extra certificates read from a server. A real chain has at most three; a search over forged ones might never end.
    static let maximumIntermediates = 10

    /// - Parameters:
    ///   - certificates: In DER.
    ///   - now: The clock that validity is checked by.
    init(_ certificates: [[UInt8]], now: @escaping @Sendable () -> Timestamp) {
        self.now = now
        exact = Set(certificates)
        store = CertificateStore(certificates.compactMap { try? Certificate(derEncoded: $0) })
    }

    /// Whether these anchors validate a server's certificate, whatever host it is issued to.
    ///
    /// - Parameter intermediates: The other certificates that the server presented. They are not trusted by themselves.
    func vouch(for certificate: NIOSSLCertificate, intermediates: [NIOSSLCertificate]) async -> Bool {
        guard let der = try? certificate.toDERBytes(), let leaf = try? Certificate(derEncoded: der) else {
            return false
        }
        let now = Date(now())
        if exact.contains(der) {
            return leaf.notValidBefore <= now && now <= leaf.notValidAfter && ServerPurposePolicy.isMet(by: leaf)
        }
        let others = intermediates.prefix(Self.maximumIntermediates)
            .compactMap { try? $0.toDERBytes() }.compactMap { try? Certificate(derEncoded: $0) }
        var verifier = Verifier(rootCertificates: store) {
            RFC5280Policy(fixedExpiryValidationTime: now)
            ServerPurposePolicy()
        }
        switch await verifier.validate(leaf: leaf, intermediates: CertificateStore(others)) {
        case .validCertificate: return true
        case .couldNotValidate: return false
        }
    }
}

/// Every certificate in a chain that states its usage must allow servers, as Go requires by default (`ExtKeyUsageServerAuth`).
private struct ServerPurposePolicy: VerifierPolicy {
    // `CertificateNames` compares names; certificate policies are not checked.
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName, [2, 5, 29, 32],
    ]

    func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
        chain.allSatisfy(Self.isMet)
            ? .meetsPolicy : .failsToMeetPolicy(reason: "a certificate in the chain is not for servers")
    }

    static func isMet(by certificate: Certificate) -> Bool {
        guard let usages = try? certificate.extensions.extendedKeyUsage else {
            // If absent, it allows everything; if unreadable, nothing.
            return certificate.extensions[oid: .X509ExtensionID.extendedKeyUsage] == nil
        }
        return usages.contains(.serverAuth) || usages.contains(.any)
    }
}
