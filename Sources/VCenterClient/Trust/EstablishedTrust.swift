import AsyncHTTPClient
import NIOCore
import NIOSSL

/// How the certificate of one vCenter was found to be trusted, and every later connection to it has to prove itself.
package struct EstablishedTrust: Sendable {
    /// What a server's certificate has to show on each connection, before a byte of a request is sent on it.
    private enum Proof {
        /// Nothing at all.
        case none
        /// That it is made out to the host; BoringSSL has seen to the chain.
        case authority
        /// That one of these vouches for it, by way of those that the server showed when trust was established.
        case anchors(CertificateAnchors, intermediates: [NIOSSLCertificate])
        case pin(KnownHosts.Pin)
    }

    private let tls: TLSConfiguration
    private let proof: Proof
    private let address: VCenterAddress

    static func verified(_ tls: TLSConfiguration, _ address: VCenterAddress) -> EstablishedTrust {
        EstablishedTrust(tls: tls, proof: .authority, address: address)
    }

    static func anchored(
        _ anchors: CertificateAnchors, intermediates: [NIOSSLCertificate], _ address: VCenterAddress
    ) -> EstablishedTrust {
        EstablishedTrust(
            tls: CertificateTrust.unverifying, proof: .anchors(anchors, intermediates: intermediates), address: address)
    }

    static func pinned(_ pin: KnownHosts.Pin, _ address: VCenterAddress) -> EstablishedTrust {
        EstablishedTrust(tls: CertificateTrust.unverifying, proof: .pin(pin), address: address)
    }

    static func unverified(_ address: VCenterAddress) -> EstablishedTrust {
        EstablishedTrust(tls: CertificateTrust.unverifying, proof: .none, address: address)
    }

    /// Whether it is a pin that is trusted, rather than an authority or nothing at all.
    package var isPinned: Bool { if case .pin = proof { true } else { false } }

    /// Settings for an `HTTPClient` that talks to this vCenter and to nobody else.
    ///
    /// Redirects are not followed, since the session's token would go with them; bodies are not decompressed, so that their bound is that
    /// of the wire; a failed connection is not tried again behind our back.
    package func httpClientConfiguration(
        concurrency: Int, connectTimeout: Duration, proxy: Proxy? = nil
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeout)), proxy: proxy?.clientSetting, decompression: .disabled)
        // One protocol, and so one behaviour to know; a vCenter that speaks HTTP/2 speaks this too.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        // With `true`, a certificate refused over HTTP/2 ends the process (async-http-client 1.37).
        configuration.connectionPool.retryConnectionEstablishment = false
        // Nobody takes the traces, which cost a thirtieth of a request.
        configuration.tracing.tracer = nil
        // The library verifies chains that end in a self-signed certificate and nothing else of what we ask for; this is what stands
        // between a connection and the first request on it.
        configuration.http1_1ConnectionDebugInitializer = { channel in
            // NIO's own reads 64 KiB at once where much comes, on each of hundreds of connections.
            channel.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 8 * 1024))
                .flatMap { check(channel) }
        }
        return configuration
    }

    private func check(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.nioSSL_peerCertificate().flatMap { certificate in
            let checked = channel.eventLoop.makePromise(of: Void.self)
            checked.completeWithTask {
                if let problem = await problem(of: certificate) { throw problem }
            }
            // The pool forgets a connection that it was told has failed, but does not close it.
            checked.futureResult.whenFailure { _ in channel.close(promise: nil) }
            return checked.futureResult
        }
    }

    private func problem(of certificate: NIOSSLCertificate?) async -> TrustError? {
        let since = "\(address) has changed its certificate since this run began, and"
        switch proof {
        case .none: return nil
        case .authority:
            guard certificate.map(CertificateNames.init)?.include(address.host) != true else { return nil }
            return TrustError(
                .hostNameMismatch, "\(since) the new one is made out to another host; the next run says more")
        case .anchors(let anchors, let intermediates):
            if let certificate, CertificateNames(certificate).include(address.host),
                await anchors.vouch(for: certificate, intermediates: intermediates)
            {
                return nil
            }
            return TrustError(.unknownIssuer, "\(since) the new one is not trusted; the next run says more")
        case .pin(let pin):
            if let certificate = try? certificate.map(PeerCertificate.init), certificate.matches(pin.thumbprint) {
                return nil
            }
            return TrustError(
                .thumbprintMismatch,
                "\(since) \(pin.origin) pins another; compare it on the vCenter itself and replace the pin")
        }
    }
}
