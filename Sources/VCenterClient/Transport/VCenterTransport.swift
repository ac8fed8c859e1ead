import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sends requests to one vCenter and returns what came back, without any opinion on it.
struct VCenterTransport: Sendable {
    let client: HTTPClient
    /// `https://host:port`, no trailing slash.
    let baseURL: String
    /// Limit on one request from its first byte to the last byte of its answer.
    var timeout: TimeAmount
    /// Called when a request has ended, well or not.
    var noteEnd: @Sendable () -> Void = {}

    /// - Parameters:
    ///   - path: Path and query, percent-encoded.
    ///   - limit: How many bytes of the body are taken in.
    func send(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil, limit: Int
    ) async -> Result<HTTPAnswer, TransportFault> {
        let response = BoundedResponse(limit: limit)
        defer { noteEnd() }
        do {
            var headers = headers
            // A body is SOAP: all that is sent in JSON's place stands in paths.
            headers.replaceOrAdd(name: "accept", value: body == nil ? "application/json" : "text/xml")
            let request = try HTTPClient.Request(
                url: baseURL + path, method: method, headers: headers, body: body.map { .bytes($0) })
            let task = client.execute(request: request, delegate: response, deadline: .now() + timeout)
            let answer = try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
            guard let answer else {
                return .failure(
                    TransportFault(kind: .unreachable, reason: "the connection was closed without an answer"))
            }
            return .success(answer)
        } catch {
            if error is BoundedResponse.BodyTooLarge, let answer = response.answer { return .success(answer) }
            return .failure(TransportFault(error, timeout: timeout))
        }
    }
}

extension TransportFault {
    private static let closedTooSoon = "the connection was closed before the answer was whole"

    init(_ error: any Error, timeout: TimeAmount) {
        switch error {
        case is CancellationError: self.init(kind: .cancelled, reason: "stopped")
        case let error as HTTPClientError: self.init(error, timeout: timeout)
        case let error as NIOConnectionError: self.init(error)
        case let error as IOError: self.init(kind: .unreachable, reason: error.words)
        case let error as NIOSSLError: self.init(error)
        case is BoringSSLError, is NIOSSLExtraError:
            self.init(kind: .untrusted, reason: "the TLS handshake failed: \(error)")
        case HTTPParserError.invalidEOFState:
            self.init(kind: .unreachable, reason: Self.closedTooSoon)
        case is HTTPParserError: self.init(kind: .notHTTP, reason: "the answer was not HTTP")
        case is TLSHandshake.TimedOut:
            self.init(kind: .timedOut, reason: "the TLS handshake did not end in time", mayHaveArrived: false)
        case is TLSHandshake.Closed:
            self.init(
                kind: .unreachable, reason: "the server closed the connection during the TLS handshake",
                mayHaveArrived: false)
        case ChannelError.connectTimeout:
            self.init(kind: .timedOut, reason: "no connection within the time limit", mayHaveArrived: false)
        case is ChannelError: self.init(kind: .unreachable, reason: "the connection was closed")
        default: self.init(kind: .unreachable, reason: "\(error)")
        }
    }

    private init(_ error: HTTPClientError, timeout: TimeAmount) {
        switch error {
        case .cancelled: self.init(kind: .cancelled, reason: "stopped")
        case .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            self.init(kind: .timedOut, reason: "no connection within the time limit", mayHaveArrived: false)
        case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout:
            let seconds = Double(timeout.nanoseconds) / 1e9
            self.init(kind: .timedOut, reason: "no whole answer within \(seconds.formatted()) s")
        case .remoteConnectionClosed, .requestStreamCancelled:
            self.init(kind: .unreachable, reason: Self.closedTooSoon)
        case .invalidProxyResponse:
            self.init(kind: .unreachable, reason: "the proxy refused to connect", mayHaveArrived: false)
        case .proxyAuthenticationRequired:
            self.init(
                kind: .unreachable, reason: "the proxy asks for another user name or password (HTTP 407)",
                mayHaveArrived: false)
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
            default: "\(failure.error)"
            }
        }
        self.init(
            kind: .unreachable, reason: Set(reasons).sorted().joined(separator: ", "), mayHaveArrived: false)
    }

    private init(_ error: NIOSSLError) {
        switch error {
        case .handshakeFailed(let cause): self.init(kind: .untrusted, reason: "the TLS handshake failed: \(cause)")
        case .uncleanShutdown:
            self.init(kind: .unreachable, reason: Self.closedTooSoon)
        default: self.init(kind: .untrusted, reason: "TLS failed: \(error)")
        }
    }
}

extension IOError {
    /// The system's words for the error number, such as `connection refused`.
    fileprivate var words: String { String(cString: strerror(errnoCode)).lowercased() }
}
