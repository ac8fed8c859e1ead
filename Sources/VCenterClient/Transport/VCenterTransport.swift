import AsyncHTTPClient
import GuestCustomization
import NIOCore
import NIOHTTP1

/// Sends requests to one vCenter and returns the answers, without judging them.
///
/// If a connection breaks before an answer begins, the request is sent again, as long as others are answered: servers close idle
/// connections just as they are reused, and proxies replace their workers (RFC 9112, 9.3.1 and 9.5).
struct VCenterTransport: Sendable {
    let client: HTTPClient
    /// `https://host:port`, no trailing slash.
    let baseURL: String
    /// Time limit on one request, from its first byte to the last byte of its answer.
    var timeout: TimeAmount
    let clock: SteadyClock
    private let silence = Silence()
    private let deadlines: RequestDeadlines
    /// Called when a request has ended, whatever the result.
    var noteEnd: @Sendable () -> Void = {}

    /// How long the server may be silent before a broken connection counts as an outage.
    private static let maximumSilence = Duration.seconds(5)

    init(
        client: HTTPClient, baseURL: String, timeout: TimeAmount, clock: SteadyClock,
        noteEnd: @escaping @Sendable () -> Void = {}
    ) {
        self.client = client
        self.baseURL = baseURL
        self.timeout = timeout
        self.clock = clock
        self.noteEnd = noteEnd
        deadlines = RequestDeadlines(on: client.eventLoopGroup.next())
    }

    /// - Parameters:
    ///   - path: Path and query, percent-encoded.
    ///   - limit: The maximum number of bytes to read from the body.
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
                silence.end()
                return .success(answer)
            case .failure(var fault):
                if fault.hasBegun { silence.end() }
                guard fault.isLostConnection, !fault.mayHaveArrived || method != .POST, !Task.isCancelled,
                    silence.grow(at: clock.now()) < Self.maximumSilence
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

    /// Headers together with those that every request has.
    static func headers(_ headers: HTTPHeaders, isSOAP: Bool) -> HTTPHeaders {
        var headers = headers
        headers.add(name: "accept", value: isSOAP ? "text/xml" : "application/json")
        headers.add(name: "accept-encoding", value: ContentCoding.accepted)
        return headers
    }

    private func sendOnce(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders, body: [UInt8]?, limit: Int, within time: TimeAmount
    ) async -> Result<HTTPAnswer, TransportFault> {
        let response = BoundedResponse(limit: limit, of: .received)
        defer { noteEnd() }
        do {
            // Requests for JSON name what they accept; another request with a body is SOAP.
            let headers = headers.contains(name: "accept") ? headers : Self.headers(headers, isSOAP: body != nil)
            let request = try HTTPClient.Request(
                url: baseURL + path, method: method, headers: headers, body: body.map { .bytes($0) })
            let task = client.execute(request: request, delegate: response)
            let number = deadlines.begin(.now() + time) { task.fail(reason: HTTPClientError.deadlineExceeded) }
            defer { deadlines.end(number) }
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
            return .success(try await read(answer, limit: limit))
        } catch {
            if error is BoundedResponse.BodyTooLarge, let answer = response.takeAnswer() {
                return .success((try? await read(answer, limit: limit)) ?? answer)
            }
            var fault = TransportFault(error, timeout: timeout)
            fault.mayHaveArrived = response.isSent
            fault.hasBegun = response.hasBegun
            return .failure(fault)
        }
    }

    /// An answer as the server wrote it, without the compression in transit.
    private func read(_ answer: HTTPAnswer, limit: Int) async throws -> HTTPAnswer {
        let labels = answer.headers["content-encoding"]
        guard ContentCoding.mayBeCompressed(answer.body, labels: labels) else { return answer }
        let grant = try await BodyBudget.inflated.grant(limit, on: client.eventLoopGroup.next()).get()
        let content = ContentCoding.content(
            of: answer.body, labels: labels, isWhole: !answer.isCut, limit: limit)
        return HTTPAnswer(
            status: answer.status, headers: answer.headers, body: content.bytes,
            isCut: answer.isCut || content.isCut, damage: content.damage,
            grant: content.bytes.count > BodyBudget.free ? grant : nil)
    }
}

extension TransportFault {
    /// Whether a connection failed or broke before an answer began.
    fileprivate var isLostConnection: Bool { kind == .unreachable && !hasBegun && mayPass }
}
