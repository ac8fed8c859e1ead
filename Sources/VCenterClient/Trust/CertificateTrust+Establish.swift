import GuestCustomization
import NIOCore
import NIOSSL

extension CertificateTrust {
    /// Finds out how this vCenter's certificate can be trusted, by one TLS handshake on which no request is sent, and a second one where the first
    /// failed.
    ///
    /// govc's order: ordinary verification first; where the issuer is unknown or the host name another, the pinned thumbprint; a
    /// certificate outside its validity is refused even if it is pinned.
    ///
    /// - Parameters:
    ///   - proxy: What stands between; `nil` for nothing.
    ///   - now: The clock that validity is checked by where BoringSSL, which reads the machine's, does not check it.
    /// - Throws: ``TrustError``, or ``ConfigurationError`` for a pin that is no thumbprint.
    package func establish(
        with address: VCenterAddress, through proxy: Proxy? = nil, connectTimeout: Duration = .seconds(10),
        now: @escaping @Sendable () -> Timestamp
    ) async throws -> EstablishedTrust {
        let handshake = TLSHandshake(address: address, proxy: proxy, timeout: connectTimeout)
        guard case .full(let authorities, let knownHosts, let ownPin) = verification else {
            // Only to learn whether it is TLS that answers, and what a proxy has against it: the client that keeps the connections
            // does not tell.
            _ = try await presented(handshake)
            return .unverified(address)
        }
        let pin = try ownPin ?? knownHosts.pin(for: address)

        let certificate: NIOSSLCertificate
        let isVouchedFor: Bool
        let configuration = Self.verifying(authorities)
        do {
            certificate = try await handshake.peerCertificates(configuration)[0]
            isVouchedFor = true
            if CertificateNames(certificate).include(address.host) { return .verified(configuration, address) }
        } catch {
            guard error.isAboutTLS else { throw unreachable(handshake, error) }
            // Only if the same server is content with a client that verifies nothing is its certificate the reason.
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
        guard let pin, fault.kind != .outsideValidity else { throw fault.error }
        guard shown.matches(pin.thumbprint) else { throw fault.error(against: pin) }
        return .pinned(pin, address)
    }

    private func presented(_ handshake: TLSHandshake) async throws -> [NIOSSLCertificate] {
        do { return try await handshake.peerCertificates() } catch { throw unreachable(handshake, error) }
    }

    private func unreachable(_ handshake: TLSHandshake, _ error: any Error) -> TrustError {
        let way = "cannot connect to \(handshake.address)" + (handshake.proxy.map { " through the proxy \($0)" } ?? "")
        if let fault = error as? ProxyFault {
            return TrustError(fault.isFinal ? .refusedByProxy : .unreachable, "\(way): \(fault.reason)")
        }
        if let fault = error as? TLSHandshake.NotTLS { return TrustError(.notTLS, "\(way): \(fault.reason)") }
        let reason = TransportFault(error, timeout: TimeAmount(handshake.timeout)).reason
        return TrustError(
            .unreachable, "\(way): \(reason); check the address, the network and that a vCenter listens there")
    }

    /// Verifies the chain; the host name is left to `CertificateNames`.
    static func verifying(_ authorities: [NIOSSLCertificate]?) -> TLSConfiguration {
        var configuration = base
        configuration.certificateVerification = .noHostnameVerification
        if let authorities {
            configuration.trustRoots = .certificates(authorities)
        } else if (try? NIOSSLContext(configuration: configuration)) == nil {
            // A system without any authorities (a bare container): nothing is trusted, instead of an obscure error.
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
        // All that govc accepts, P-521 and Ed25519 included.
        configuration.curves = [.x25519, .secp256r1, .secp384r1, .secp521r1]
        configuration.verifySignatureAlgorithms = [
            .ecdsaSecp256R1Sha256, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ed25519, .ecdsaSecp384R1Sha384,
            .rsaPssRsaeSha384,
            .rsaPkcs1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha512, .rsaPkcs1Sha512, .rsaPkcs1Sha1,
        ]
        // Every vCenter since 6.7 speaks 1.2 and, as delivered, nothing older.
        configuration.minimumTLSVersion = .tlsv12
        // By when a server answers the end of a connection with its own. One that hangs never does; five seconds would be waited.
        configuration.shutdownTimeout = .milliseconds(200)
        return configuration
    }
}

extension Error {
    /// Whether the handshake itself failed, a refused certificate included, rather than the connection under it.
    fileprivate var isAboutTLS: Bool {
        switch self {
        case let error as NIOSSLError where error.isEndOfConnection: false
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: true
        default: false
        }
    }
}
