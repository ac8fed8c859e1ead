import AsyncHTTPClient
import Foundation
import GuestCustomization
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Sends requests to one vCenter and returns what came back, without any opinion on it.
///
/// A connection that breaks before an answer has begun costs no request, as long as others are answered: servers close idle connections
/// just when they are used again, and workers of what stands before a vCenter are replaced (RFC 9112, 9.3.1 and 9.5).
struct VCenterTransport: Sendable {
    let client: HTTPClient
    /// `https://host:port`, no trailing slash.
    let baseURL: String
    /// Limit on one request from its first byte to the last byte of its answer.
    var timeout: TimeAmount
    let clock: SteadyClock
    let lastAnswer: LastAnswer
    /// Called when a request has ended, well or not.
    var noteEnd: @Sendable () -> Void = {}

    /// How long nothing at all may be answered before a broken connection counts as the server's outage.
    private static let longestSilence = Duration.seconds(5)

    init(
        client: HTTPClient, baseURL: String, timeout: TimeAmount, clock: SteadyClock,
        noteEnd: @escaping @Sendable () -> Void = {}
    ) {
        self.client = client
        self.baseURL = baseURL
        self.timeout = timeout
        self.clock = clock
        self.noteEnd = noteEnd
        lastAnswer = LastAnswer(at: clock.now())
    }

    /// - Parameters:
    ///   - path: Path and query, percent-encoded.
    ///   - limit: How many bytes of the body are taken in.
    func send(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil, limit: Int
    ) async -> Result<HTTPAnswer, TransportFault> {
        let end = clock.now() + Duration(timeout)
        var losses = 0
        while true {
            let sentAt = clock.now()
            let left = min(timeout, TimeAmount(max(end - sentAt, .milliseconds(1))))
            switch await sendOnce(method, path, headers: headers, body: body, limit: limit, within: left) {
            case .success(var answer):
                answer.sentAt = sentAt
                lastAnswer.note(clock.now())
                return .success(answer)
            case .failure(var fault):
                guard fault.isLostConnection, !fault.mayHaveArrived || method != .POST, !Task.isCancelled,
                    clock.now() - lastAnswer.time < Self.longestSilence
                else { return .failure(fault) }
                losses += 1
                let pause = RetryPolicy.pause(afterLostConnections: losses)
                guard clock.now() + pause < end else {
                    fault.mayPass = false
                    return .failure(fault)
                }
                try? await clock.sleep(for: pause)
            }
        }
    }

    private func sendOnce(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders, body: [UInt8]?, limit: Int, within time: TimeAmount
    ) async -> Result<HTTPAnswer, TransportFault> {
        let response = BoundedResponse(limit: limit)
        defer { noteEnd() }
        do {
            var headers = headers
            // A body is SOAP: all that is sent in JSON's place stands in paths.
            headers.replaceOrAdd(name: "accept", value: body == nil ? "application/json" : "text/xml")
            headers.replaceOrAdd(name: "accept-encoding", value: ContentCoding.accepted)
            let request = try HTTPClient.Request(
                url: baseURL + path, method: method, headers: headers, body: body.map { .bytes($0) })
            let task = client.execute(request: request, delegate: response, deadline: .now() + time)
            let answer = try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
            guard let answer else {
                return .failure(
                    TransportFault(
                        kind: .unreachable, reason: "the connection was closed without an answer",
                        mayHaveArrived: response.isSent))
            }
            return .success(answer)
        } catch {
            if error is BoundedResponse.BodyTooLarge, let answer = response.answer { return .success(answer) }
            var fault = TransportFault(error, timeout: timeout)
            fault.mayHaveArrived = response.isSent
            fault.hasBegun = response.hasBegun
            return .failure(fault)
        }
    }
}

/// When a vCenter last answered anything; shared by all requests to it.
final class LastAnswer: Sendable {
    private let latest: Mutex<Duration>

    /// - Parameter time: When it is taken to have answered, at first.
    init(at time: Duration) {
        latest = Mutex(time)
    }

    var time: Duration { latest.withLock { $0 } }

    func note(_ time: Duration) { latest.withLock { $0 = max($0, time) } }
}

extension TransportFault {
    /// Whether a connection broke, or could not be made, before an answer on it had begun.
    fileprivate var isLostConnection: Bool { kind == .unreachable && !hasBegun && mayPass }

    private static let closedTooSoon = "the connection was closed before the answer was whole"
    private static let closedInHandshake = "the server closed the connection during the TLS handshake"

    init(_ error: any Error, timeout: TimeAmount) {
        switch error {
        case is CancellationError: self.init(kind: .cancelled, reason: "stopped")
        case let error as HTTPClientError: self.init(error, timeout: timeout)
        case let error as NIOConnectionError: self.init(error)
        case let error as IOError: self.init(kind: .unreachable, reason: error.words)
        case let error as NIOSSLError: self.init(error)
        case is BoringSSLError, is NIOSSLExtraError:
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
            self.init(kind: .timedOut, reason: "no whole answer within \(Duration(timeout).inSeconds)")
        case .remoteConnectionClosed, .requestStreamCancelled:
            self.init(kind: .unreachable, reason: Self.closedTooSoon)
        case .invalidProxyResponse:
            self.init(kind: .unreachable, reason: "the proxy refused to connect", mayHaveArrived: false)
        case .proxyAuthenticationRequired:
            self.init(
                kind: .unreachable, reason: "the proxy asks for another user name or password (HTTP 407)",
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
            self.init(kind: .untrusted, reason: "the TLS handshake failed: \("\(cause)".withoutSourcePlaces)")
        case .uncleanShutdown:
            self.init(kind: .unreachable, reason: Self.closedTooSoon)
        default: self.init(kind: .untrusted, reason: "TLS failed: \("\(error)".withoutSourcePlaces)")
        }
    }
}

extension BoringSSLError {
    /// Whether the connection ended, rather than that the two sides disagreed.
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
    /// Whether the connection ended in the handshake, which says nothing of the certificate.
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
    /// The system's words for the error number, such as `connection refused`.
    fileprivate var words: String { String(cString: strerror(errnoCode)).lowercased() }
}
