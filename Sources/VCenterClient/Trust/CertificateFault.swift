import FoundationEssentials
import GuestCustomization
import HistoryConfiguration

/// Why ordinary verification refused a certificate, and the message for the operator.
struct CertificateFault {
    let address: VCenterAddress
    let certificate: PeerCertificate
    let code: HistoryError.Code

    /// - Parameter now: The machine's clock, which the TLS library used.
    init(address: VCenterAddress, certificate: PeerCertificate, isHostNameMismatch: Bool, now: Timestamp) {
        self.address = address
        self.certificate = certificate
        let now = Date(now)
        // The library checks the chain, then the name. It does not say what is wrong with a chain; of the possible faults, only the dates
        // can be seen from here.
        code =
            if isHostNameMismatch {
                .hostNameMismatch
            } else if now < certificate.notBefore || now > certificate.notAfter {
                .outsideValidity
            } else {
                .unknownIssuer
            }
    }

    var error: HistoryError {
        HistoryError(code, about: "the certificate of \(address) \(problem)", facts, advice: remedy)
    }

    /// The error if a different certificate is pinned.
    func error(against pin: KnownHosts.Pin) -> HistoryError {
        HistoryError(
            .thumbprintMismatch, about: "the certificate of \(address) is not the pinned one",
            "\(pin.origin) pins \(pin.thumbprint.algorithm.rawValue) \(pin.thumbprint), the server presents \(certificate.thumbprint(pin.thumbprint.algorithm)) (\(facts))",
            advice:
                "if the vCenter's certificate was renewed, compare it on the vCenter itself and replace the pin; if not, another server may be answering"
        )
    }

    private var facts: String {
        "subject \(certificate.subject), issuer \(certificate.issuer), valid \(certificate.validity),"
            + " SHA-256 \(certificate.thumbprint(.sha256))"
    }

    private var problem: String {
        switch code {
        case .hostNameMismatch: "is trusted but was issued to another host"
        case .outsideValidity: "is not valid at this time"
        default: "is not signed by a trusted authority"
        }
    }

    private var remedy: String {
        if code == .outsideValidity { return "renew it on the vCenter, or set this machine's clock" }
        let pinning =
            "add the line \"\(address) \(certificate.thumbprint(.sha256))\" to the file of known_hosts (configuration), GOVC_TLS_KNOWN_HOSTS or --known-hosts"
        return code == .hostNameMismatch
            ? "use the host name that it was issued to; or, once you have compared the thumbprint on the vCenter itself, \(pinning)"
            : "trust its authority with ca_certificates (configuration), GOVC_TLS_CA_CERTS or --ca-certificates (\(address.baseURL)/certs/download.zip has it); or, once you"
                + " have compared the thumbprint on the vCenter itself, \(pinning)"
    }
}
