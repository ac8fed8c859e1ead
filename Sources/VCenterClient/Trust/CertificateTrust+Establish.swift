import GuestCustomization
import HistoryConfiguration
import NIOCore
import NIOSSL

extension CertificateTrust {
    /// Finds out how this vCenter's certificate can be trusted, with one TLS handshake without a request, and a second one if the first
    /// failed.
    ///
    /// It follows govc's order: ordinary verification first; if the issuer is unknown or the host name differs, the pinned thumbprint. A
    /// certificate outside its validity period is refused even if it is pinned.
    ///
    /// - Parameters:
    ///   - proxy: What stands between; `nil` for nothing.
    ///   - now: The clock that validity is checked by where BoringSSL, which reads the machine's, does not check it.
    /// - Throws: ``HistoryError``, also for a pin that is not a thumbprint.
    package func establish(
        with address: VCenterAddress, through proxy: Proxy? = nil, connectTimeout: Duration = .seconds(10),
        now: @escaping @Sendable () -> Timestamp
    ) async throws -> EstablishedTrust {
        let handshake = TLSHandshake(address: address, proxy: proxy, timeout: connectTimeout)
        guard case .full(let authorities, let knownHosts, let ownPin) = verification else {
            // This handshake only finds out whether the server speaks TLS, and why a proxy refuses: the HTTP client
            // does not report either.
            _ = try await presented(handshake)
            return .unverified(address)
        }
        let pin = try ownPin ?? knownHosts.pin(for: address)

        let certificate: NIOSSLCertificate
        let isVouchedFor: Bool
        let configuration = Self.verifying(
            try authorities?.map { try NIOSSLCertificate(bytes: $0, format: .der) })
        do {
            certificate = try await handshake.peerCertificates(configuration)[0]
            isVouchedFor = true
            if CertificateNames(certificate).include(address.host) { return .verified(configuration, address) }
        } catch {
            guard error.isAboutTLS else { throw unreachable(handshake, error) }
            // The certificate is the cause only if the same server accepts a client that verifies nothing.
            let all = try await presented(handshake)
            certificate = all[0]
            let (anchors, others) = (CertificateAnchors(authorities ?? [], now: now), Array(all.dropFirst()))
            isVouchedFor = await anchors.vouch(for: certificate, intermediates: others)
            if isVouchedFor, CertificateNames(certificate).include(address.host) {
                return .anchored(anchors, intermediates: others, address)
            }
        }

        let shown: PeerCertificate
        do { shown = try PeerCertificate(certificate) } catch { throw unreachable(handshake, error) }
        let fault = CertificateFault(
            address: address, certificate: shown, isHostNameMismatch: isVouchedFor, now: now())
        guard let pin, fault.code != .outsideValidity else { throw fault.error }
        guard shown.matches(pin.thumbprint) else { throw fault.error(against: pin) }
        return .pinned(pin, address)
    }

    private func presented(_ handshake: TLSHandshake) async throws -> [NIOSSLCertificate] {
        do { return try await handshake.peerCertificates() } catch { throw unreachable(handshake, error) }
    }

    private func unreachable(_ handshake: TLSHandshake, _ error: any Error) -> HistoryError {
        let way = "cannot connect to \(handshake.address)" + (handshake.proxy.map { " through the proxy \($0)" } ?? "")
        if let fault = error as? ProxyFault {
            return HistoryError(fault.isFinal ? .refusedByProxy : .unreachable, about: way, fault.reason, cause: fault)
        }
        if let fault = error as? TLSHandshake.NotTLS {
            return HistoryError(.notTLS, about: way, fault.reason, cause: fault)
        }
        let reason = TransportFault(error, timeout: TimeAmount(handshake.timeout)).reason
        return HistoryError(
            .unreachable, about: way, reason,
            advice: "check the address, the network, and that a vCenter is listening there")
    }

    /// Verifies the chain; `CertificateNames` verifies the host name.
    static func verifying(_ authorities: [NIOSSLCertificate]?) -> TLSConfiguration {
        var configuration = base
        configuration.certificateVerification = .noHostnameVerification
        if let authorities {
            configuration.trustRoots = .certificates(authorities)
        } else if (try? NIOSSLContext(configuration: configuration)) == nil {
            // On a system without any authorities (a bare container), trust nothing instead of failing with an obscure error.
            configuration.trustRoots = .certificates([])
        }
        return configuration
    }

    static var unverifying: TLSConfiguration {
        var configuration = base
        configuration.certificateVerification = .none
        return configuration
    }

    private static var base: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        // Everything that govc accepts, including P-521 and Ed25519.
        configuration.curves = [.x25519, .secp256r1, .secp384r1, .secp521r1]
        configuration.verifySignatureAlgorithms = [
            .ecdsaSecp256R1Sha256, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ed25519, .ecdsaSecp384R1Sha384,
            .rsaPssRsaeSha384,
            .rsaPkcs1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha512, .rsaPkcs1Sha512, .rsaPkcs1Sha1,
        ]
        // Every vCenter since 6.7 speaks 1.2 and, by default, nothing older.
        configuration.minimumTLSVersion = .tlsv12
        // How long to wait for the server's closing message. A server that hangs never sends it; the default wait is five seconds.
        configuration.shutdownTimeout = .milliseconds(200)
        return configuration
    }
}

extension Error {
    /// Whether the handshake itself failed (for example because of a refused certificate), rather than the connection.
    fileprivate var isAboutTLS: Bool {
        switch self {
        case let error as NIOSSLError where error.isEndOfConnection: false
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: true
        default: false
        }
    }
}
