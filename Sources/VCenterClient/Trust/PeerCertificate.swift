import FoundationEssentials
import GuestCustomization
import HistoryConfiguration
import NIOSSL
import X509

/// The facts to show about a certificate that a server presented. Its texts come from the server, so they are cleaned and cut.
struct PeerCertificate {
    let der: [UInt8]
    let subject: String
    let issuer: String
    let notBefore: Date
    let notAfter: Date

    init(_ certificate: NIOSSLCertificate) throws {
        der = try certificate.toDERBytes()
        notBefore = Date(timeIntervalSince1970: TimeInterval(certificate.notValidBefore))
        notAfter = Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter))
        // This parser is stricter than BoringSSL and may refuse the certificate; the thumbprint can still be shown.
        let parsed = try? Certificate(derEncoded: der)
        subject = Self.shown(parsed?.subject)
        issuer = Self.shown(parsed?.issuer)
    }

    func thumbprint(_ algorithm: Thumbprint.Algorithm) -> Thumbprint { Thumbprint(algorithm, ofDER: der) }

    func matches(_ thumbprint: Thumbprint) -> Bool { self.thumbprint(thumbprint.algorithm) == thumbprint }

    /// `2024-03-01 to 2026-03-01`, in UTC.
    var validity: String { "\(Self.day(notBefore)) to \(Self.day(notAfter))" }

    private static func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }

    private static func shown(_ name: DistinguishedName?) -> String {
        guard let name else { return "(unreadable)" }
        let text = String(describing: name)
        return text.isEmpty ? "(none)" : text.shown()
    }
}
