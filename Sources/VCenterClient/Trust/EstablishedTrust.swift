import AsyncHTTPClient
import NIOCore
import NIOSSL

/// How the certificate of one vCenter was found to be trusted, and every later connection to it has to prove itself.
public struct EstablishedTrust: Sendable {
    private let tls: TLSConfiguration
    private let pin: (pin: KnownHosts.Pin, address: VCenterAddress)?

    static func verified(_ tls: TLSConfiguration) -> EstablishedTrust { EstablishedTrust(tls: tls, pin: nil) }
    static func pinned(_ pin: KnownHosts.Pin, _ address: VCenterAddress) -> EstablishedTrust {
        EstablishedTrust(tls: CertificateTrust.unverifying, pin: (pin, address))
    }
    static let unverified = EstablishedTrust(tls: CertificateTrust.unverifying, pin: nil)

    /// Whether it is a pin that is trusted, rather than an authority or nothing at all.
    public var isPinned: Bool { pin != nil }

    /// Settings for an `HTTPClient` that talks to this vCenter and to nobody else.
    ///
    /// Redirects are not followed, since the session's token would go with them; bodies are not decompressed, so that their bound is that
    /// of the wire; a failed connection is not tried again behind our back.
    public func httpClientConfiguration(concurrency: Int, connectTimeout: Duration) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeout)), decompression: .disabled)
        // One protocol, and so one behaviour to know; a vCenter that speaks HTTP/2 speaks this too.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        // With `true`, a certificate refused over HTTP/2 ends the process (async-http-client 1.37).
        configuration.connectionPool.retryConnectionEstablishment = false
        // Nobody takes the traces, which cost a thirtieth of a request.
        configuration.tracing.tracer = nil
        if let (pin, address) = pin {
            // Verification is off where a certificate is pinned, so this is what stands between it and the first request.
            let check: @Sendable (any Channel) -> EventLoopFuture<Void> = { Self.check($0, against: pin, of: address) }
            configuration.http1_1ConnectionDebugInitializer = check
        }
        return configuration
    }

    private static func check(
        _ channel: any Channel, against pin: KnownHosts.Pin, of address: VCenterAddress
    ) -> EventLoopFuture<Void> {
        channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
            guard let certificate = try certificate.map(PeerCertificate.init), certificate.matches(pin.thumbprint)
            else {
                // The pool forgets a connection that it was told has failed, but does not close it.
                channel.eventLoop.execute { channel.close(promise: nil) }
                throw TrustError(
                    .thumbprintMismatch,
                    "\(address) has changed its certificate since this run began, and \(pin.origin) pins another; compare it on the"
                        + " vCenter itself and replace the pin")
            }
        }
    }
}
