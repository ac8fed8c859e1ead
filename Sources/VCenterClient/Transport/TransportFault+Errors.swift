import AsyncHTTPClient
import Foundation
import GuestCustomization
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

// The libraries' errors in words for people.

extension TransportFault {
    private static let closedTooSoon = "the connection was closed before the answer was complete"
    private static let closedInHandshake = "the server closed the connection during the TLS handshake"

    init(_ error: any Error, timeout: TimeAmount) {
        switch error {
        case is CancellationError: self.init(kind: .cancelled, reason: "stopped")
        case let error as HTTPClientError: self.init(error, timeout: timeout)
        case let error as NIOConnectionError: self.init(error)
        case let error as IOError: self.init(kind: .unreachable, reason: error.words)
        case let error as NIOSSLError: self.init(error)
        case let error as BoringSSLError:
            self.init(kind: .untrusted, reason: "the TLS handshake failed: \(error.words)")
        case is NIOSSLExtraError:
            self.init(kind: .untrusted, reason: "the TLS handshake failed: \("\(error)".withoutSourcePlaces)")
        case HTTPParserError.invalidEOFState:
            self.init(kind: .unreachable, reason: Self.closedTooSoon)
        case is HTTPParserError: self.init(kind: .notHTTP, reason: "the answer was not HTTP")
        case is TLSHandshake.TimedOut:
            self.init(
                kind: .timedOut,
                reason: "the server did not answer the TLS handshake within \(Duration(timeout).inSeconds)",
                mayHaveArrived: false)
        case let error as TLSHandshake.NotTLS:
            self.init(kind: .unreachable, reason: error.reason, mayHaveArrived: false)
        case is TLSHandshake.Closed:
            self.init(kind: .unreachable, reason: Self.closedInHandshake, mayHaveArrived: false)
        case ChannelError.connectTimeout:
            self.init(kind: .timedOut, reason: "no connection within the time limit", mayHaveArrived: false)
        case is ChannelError: self.init(kind: .unreachable, reason: "the connection was closed")
        default: self.init(kind: .unreachable, reason: "\(error)".withoutSourcePlaces)
        }
    }

    private init(_ error: HTTPClientError, timeout: TimeAmount) {
        switch error {
        case .cancelled: self.init(kind: .cancelled, reason: "stopped")
        case .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            self.init(kind: .timedOut, reason: "no connection within the time limit", mayHaveArrived: false)
        case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout:
            self.init(kind: .timedOut, reason: "no complete answer within \(Duration(timeout).inSeconds)")
        case .remoteConnectionClosed, .requestStreamCancelled:
            self.init(kind: .unreachable, reason: Self.closedTooSoon)
        case .invalidProxyResponse:
            self.init(kind: .unreachable, reason: "the proxy refused to connect", mayHaveArrived: false)
        case .proxyAuthenticationRequired:
            self.init(
                kind: .unreachable, reason: "the proxy requires a different user name or password (HTTP 407)",
                mayHaveArrived: false, mayPass: false)
        default: self.init(kind: .unreachable, reason: error.shortDescription)
        }
    }

    private init(_ error: NIOConnectionError) {
        if error.dnsAError != nil || error.dnsAAAAError != nil, error.connectionErrors.isEmpty {
            self.init(kind: .unreachable, reason: "the host name cannot be resolved", mayHaveArrived: false)
            return
        }
        let reasons = error.connectionErrors.map { failure in
            switch failure.error {
            case let io as IOError: io.words
            case ChannelError.connectTimeout: "no connection within the time limit"
            default: "\(failure.error)".withoutSourcePlaces
            }
        }
        self.init(
            kind: .unreachable, reason: Set(reasons).sorted().joined(separator: ", "), mayHaveArrived: false)
    }

    private init(_ error: NIOSSLError) {
        switch error {
        case .handshakeFailed(let cause) where cause.isEndOfConnection:
            self.init(kind: .unreachable, reason: Self.closedInHandshake, mayHaveArrived: false)
        case .handshakeFailed(let cause):
            self.init(kind: .untrusted, reason: "the TLS handshake failed: \(cause.words)")
        case .uncleanShutdown:
            self.init(kind: .unreachable, reason: Self.closedTooSoon)
        default: self.init(kind: .untrusted, reason: "TLS failed: \("\(error)".withoutSourcePlaces)")
        }
    }
}

extension BoringSSLError {
    /// BoringSSL's own description, such as `sslv3 alert handshake failure`, without its source location.
    fileprivate var words: String {
        switch self {
        case .sslError(let stack), .unknownError(let stack), .invalidSNIName(let stack), .failedToSetALPN(let stack):
            let reasons = stack.map { fault in
                let place = "\(fault)".range(of: " at /")
                let text = place.map { "\(fault)"[..<$0.lowerBound] } ?? "\(fault)"[...]
                return (text.split(separator: ":").last ?? text).lowercased().replacing("_", with: " ")
            }
            return reasons.isEmpty ? "no reason given" : reasons.joined(separator: ", ")
        default: return "\(self)".withoutSourcePlaces
        }
    }

    /// Whether the connection ended, rather than the two sides disagreeing.
    fileprivate var isEndOfConnection: Bool {
        switch self {
        case .zeroReturn, .syscallError: true
        case .sslError(let stack):
            stack == [.eofDuringHandshake] || stack == [.eofDuringAdditionalCertficiateChainValidation]
        default: false
        }
    }
}

extension NIOSSLError {
    /// Whether the connection ended in the handshake, which says nothing about the certificate.
    var isEndOfConnection: Bool {
        switch self {
        case .uncleanShutdown: true
        case .handshakeFailed(let cause): cause.isEndOfConnection
        default: false
        }
    }
}

extension Duration {
    /// Such as `2.5 s`.
    fileprivate var inSeconds: String { "\(seconds.formatted()) s" }
}

extension IOError {
    /// The system's description of the error number, such as `connection refused`.
    fileprivate var words: String { String(cString: strerror(errnoCode)).lowercased() }
}
