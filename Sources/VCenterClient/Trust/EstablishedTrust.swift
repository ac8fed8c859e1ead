import AsyncHTTPClient
import GuestCustomization
import HistoryConfiguration
import NIOCore
import NIOSSL

/// How trust in the certificate of one vCenter was established, and what every later connection has to prove.
package struct EstablishedTrust: Sendable {
    /// What a server's certificate must satisfy on each connection, before a byte of a request is sent.
    private enum Proof {
        /// Nothing.
        case none
        /// It is issued to the host; BoringSSL verifies the chain.
        case authority
        /// One of these anchors validates it, through the intermediates that the server presented when trust was established.
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

    /// Whether trust rests on a pin, rather than on an authority or on nothing.
    package var isPinned: Bool { if case .pin = proof { true } else { false } }

    /// Settings for an `HTTPClient` that talks only to this vCenter.
    ///
    /// Redirects are not followed, because the session's token would be sent along; bodies are not decompressed, so that their limit is
    /// that of the wire; a failed connection is not silently retried.
    package func httpClientConfiguration(
        concurrency: Int, connectTimeout: Duration, proxy: Proxy? = nil
    ) -> HTTPClient.Configuration {
        var configuration = Self.plainConfiguration(concurrency: concurrency, connectTimeout: connectTimeout)
        configuration.tlsConfiguration = tls
        configuration.proxy = proxy?.clientSetting
        // The library only verifies chains that end in a self-signed certificate; this check is all that stands
        // between a connection and the first request on it.
        configuration.http1_1ConnectionDebugInitializer = { channel in
            // NIO's default grows to 64 KiB on each of hundreds of connections. An answer about a VM, encrypted, fits into this.
            channel.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4 * 1024))
                .flatMap { check(channel) }
        }
        return configuration
    }

    /// The settings without TLS, for plain HTTP.
    static func plainConfiguration(concurrency: Int = 1, connectTimeout: Duration) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: TimeAmount(connectTimeout)),
            decompression: .disabled)
        // One protocol means one behaviour; a vCenter that speaks HTTP/2 also speaks HTTP/1.1.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        // With `true`, a certificate refused over HTTP/2 crashes the process (async-http-client 1.37).
        configuration.connectionPool.retryConnectionEstablishment = false
        // Nobody reads the traces, which cost a thirtieth of a request.
        configuration.tracing.tracer = nil
        return configuration
    }

    private func check(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.nioSSL_peerCertificate().flatMap { certificate in
            let checked = channel.eventLoop.makePromise(of: Void.self)
            checked.completeWithTask {
                if let problem = await problem(of: certificate) { throw problem }
            }
            // The pool forgets a failed connection, but does not close it.
            checked.futureResult.whenFailure { _ in channel.close(promise: nil) }
            return checked.futureResult
        }
    }

    private func problem(of certificate: NIOSSLCertificate?) async -> HistoryError? {
        let since = "\(address) has changed its certificate since this run began, and"
        switch proof {
        case .none: return nil
        case .authority:
            guard certificate.map(CertificateNames.init)?.include(address.host) != true else { return nil }
            return HistoryError(
                .hostNameMismatch, "\(since) the new one is issued to another host",
                advice: "the next run gives details")
        case .anchors(let anchors, let intermediates):
            if let certificate, CertificateNames(certificate).include(address.host),
                await anchors.vouch(for: certificate, intermediates: intermediates)
            {
                return nil
            }
            return HistoryError(
                .unknownIssuer, "\(since) the new one is not trusted", advice: "the next run gives details")
        case .pin(let pin):
            if let certificate = try? certificate.map(PeerCertificate.init), certificate.matches(pin.thumbprint) {
                return nil
            }
            return HistoryError(
                .thumbprintMismatch, "\(since) \(pin.origin) pins a different one",
                advice: "compare the new one on the vCenter itself and replace the pin")
        }
    }
}
