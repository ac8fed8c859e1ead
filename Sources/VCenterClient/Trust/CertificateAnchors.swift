import FoundationEssentials
import GuestCustomization
import NIOSSL
import SwiftASN1
@_spi(FixedExpiryValidationTime) import X509

/// Certificates of which each vouches by itself, be it an intermediate authority's or the server's own: govc's rule, which it has from Go.
///
/// BoringSSL accepts a chain that ends in a self-signed certificate only (it has OpenSSL's PARTIAL_CHAIN, but no way to it from here), so
/// where it finds none the chain is built by swift-certificates: signatures, validity of every certificate in it, basic and name
/// constraints, and that each is for servers.
struct CertificateAnchors: Sendable {
    private let exact: Set<[UInt8]>
    private let store: CertificateStore
    private let now: @Sendable () -> Timestamp

    /// Certificates that a server can add to its own. A real chain has three at most; the search over forged ones would have no end.
    static let mostIntermediates = 10

    /// - Parameter now: The clock that validity is checked by.
    init(_ certificates: [NIOSSLCertificate], now: @escaping @Sendable () -> Timestamp) {
        self.now = now
        let ders = certificates.compactMap { try? $0.toDERBytes() }
        exact = Set(ders)
        store = CertificateStore(ders.compactMap { try? Certificate(derEncoded: $0) })
    }

    /// Whether these vouch for a server's certificate, whatever host it is made out to.
    ///
    /// - Parameter intermediates: What the server showed beside it. None of it is trusted for that.
    func vouch(for certificate: NIOSSLCertificate, intermediates: [NIOSSLCertificate]) async -> Bool {
        guard let der = try? certificate.toDERBytes(), let leaf = try? Certificate(derEncoded: der) else {
            return false
        }
        let now = Date(now())
        if exact.contains(der) {
            return leaf.notValidBefore <= now && now <= leaf.notValidAfter && ServerPurposePolicy.isMet(by: leaf)
        }
        let others = intermediates.prefix(Self.mostIntermediates)
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

/// Every certificate of a chain that says what it is for says that it is for servers, as Go demands by default (`ExtKeyUsageServerAuth`).
private struct ServerPurposePolicy: VerifierPolicy {
    // Names are compared by `CertificateNames`; which certificate policies a chain has, nobody here asks.
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName, [2, 5, 29, 32],
    ]

    func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
        chain.allSatisfy(Self.isMet)
            ? .meetsPolicy : .failsToMeetPolicy(reason: "a certificate of the chain is not for servers")
    }

    static func isMet(by certificate: Certificate) -> Bool {
        guard let usages = try? certificate.extensions.extendedKeyUsage else {
            // Absent: for everything. There, but unreadable: for nothing.
            return certificate.extensions[oid: .X509ExtensionID.extendedKeyUsage] == nil
        }
        return usages.contains(.serverAuth) || usages.contains(.any)
    }
}
