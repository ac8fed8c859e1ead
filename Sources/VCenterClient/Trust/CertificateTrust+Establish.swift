import FoundationEssentials
import NIOCore
import NIOSSL

extension CertificateTrust {
    /// Finds out how this vCenter's certificate can be trusted, by one TLS handshake on which no request is sent, and a second one where the first
    /// failed.
    ///
    /// govc's order: ordinary verification first; where the issuer is unknown or the host name another, the pinned thumbprint; a
    /// certificate outside its validity is refused even if it is pinned.
    ///
    /// - Throws: ``TrustError``, or ``ConfigurationError`` for a pin that is no thumbprint.
    public func establish(with address: VCenterAddress, connectTimeout: Duration = .seconds(10)) async throws
        -> EstablishedTrust
    {
        guard case .full(let authorities, let knownHosts, let ownPin) = verification else { return .unverified }
        let pin = try ownPin ?? knownHosts.pin(for: address)
        let handshake = TLSHandshake(address: address, timeout: connectTimeout)

        let refusal: any Error
        do {
            let configuration = Self.verifying(authorities)
            _ = try await handshake.peerCertificate(configuration)
            return .verified(configuration)
        } catch {
            guard error.isAboutTLS else { throw unreachable(address, error, within: connectTimeout) }
            refusal = error
        }

        // Only if the same server is content with a client that verifies nothing is its certificate the reason.
        let certificate: PeerCertificate
        do {
            certificate = try PeerCertificate(await handshake.peerCertificate(Self.unverifying))
        } catch {
            throw unreachable(address, error, within: connectTimeout)
        }
        let fault = CertificateFault(
            address: address, certificate: certificate,
            isHostNameMismatch: refusal as? NIOSSLExtraError == .failedToValidateHostname, now: Date())
        guard let pin, fault.kind != .outsideValidity else { throw fault.error }
        guard certificate.matches(pin.thumbprint) else { throw fault.error(against: pin) }
        return .pinned(pin, address)
    }

    private func unreachable(_ address: VCenterAddress, _ error: any Error, within limit: Duration) -> TrustError {
        TrustError(
            .unreachable,
            "cannot connect to \(address): \(TransportFault(error, timeout: TimeAmount(limit)).reason); check the address, the network and that a vCenter listens there"
        )
    }

    static func verifying(_ authorities: [NIOSSLCertificate]?) -> TLSConfiguration {
        var configuration = base
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
        case let error as NIOSSLError where error == .uncleanShutdown: false
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: true
        default: false
        }
    }
}
