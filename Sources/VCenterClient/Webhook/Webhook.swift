import AsyncHTTPClient
import GuestCustomization
import HistoryConfiguration
import NIOCore
import NIOHTTP1
import NIOPosix

/// Posts messages to a webhook. Its connections are trusted, bounded and proxied like those to a vCenter.
package struct Webhook: Sendable {
    private let url: WebhookURL
    private let target: Secret
    private let trust: CertificateTrust
    private let proxy: Proxy?
    private let clock: SteadyClock
    private let now: @Sendable () -> Timestamp
    /// Time limits on a connection and on a request with its whole answer.
    var timeouts = (connect: Duration.seconds(10), request: Duration.seconds(30))
    /// Few: the next run of `notify` tries again.
    var retry = RetryPolicy(attempts: 3, maximumDelay: .seconds(5), maximumRetryAfter: .seconds(60))

    /// Bytes of an answer that are read; nothing in it matters.
    private static let maximumAnswerSize = 16 * 1024

    /// - Parameters:
    ///   - target: Path and query; `nil` for those of the URL.
    ///   - proxy: What stands between; never used for plain HTTP.
    package init(
        _ url: WebhookURL, target: Secret? = nil, trust: CertificateTrust, proxy: Proxy?, clock: SteadyClock,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.url = url
        self.target = target ?? url.target
        self.trust = trust
        self.proxy = url.isEncrypted ? proxy : nil
        self.clock = clock
        self.now = now
    }

    /// Posts JSON texts one after the other; returns once all were accepted.
    ///
    /// - Throws: `HistoryError`: `unreachable` if the next run may succeed; `loginRefused` or `configuration` if somebody has to act. It
    ///   names the webhook's host and nothing else of the URL.
    package func post(_ bodies: [String]) async throws(HistoryError) {
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton.next(), configuration: try await configuration())
        let transport = VCenterTransport(
            client: client, baseURL: url.baseURL, timeout: TimeAmount(timeouts.request), clock: clock)
        var failure: HistoryError?
        for body in bodies {
            do throws(HistoryError) { try await post(body, by: transport) } catch {
                failure = error
                break
            }
        }
        try? await client.shutdown()
        if let failure { throw failure }
    }

    private func configuration() async throws(HistoryError) -> HTTPClient.Configuration {
        guard url.isEncrypted else { return EstablishedTrust.plainConfiguration(connectTimeout: timeouts.connect) }
        let trusted: EstablishedTrust
        do {
            trusted = try await trust.establish(
                with: url.address, through: proxy, connectTimeout: timeouts.connect, now: now)
        } catch let error as HistoryError {
            // A certificate that is not trusted is a matter of the network too: the next run may meet another one.
            throw HistoryError(
                error.code == .configuration ? .configuration : .unreachable, about: subject,
                "no trusted connection: \(error.subject.map { $0 + ": " } ?? "")\(error.problem)",
                advice: "check the address, the proxy and --ca-file; nothing was told, the next run tries again",
                cause: error)
        } catch {
            throw HistoryError(.unreachable, about: subject, "\(error)".withoutSourcePlaces, cause: error)
        }
        return trusted.httpClientConfiguration(concurrency: 1, connectTimeout: timeouts.connect, proxy: proxy)
    }

    private var subject: String { "cannot deliver to the webhook at \(url)" }

    private func post(_ body: String, by transport: VCenterTransport) async throws(HistoryError) {
        var headers: HTTPHeaders = ["content-type": "application/json", "accept": "*/*"]
        if let authorization = url.authorization { headers.add(name: "authorization", value: authorization.exposed) }
        let end = clock.now() + retry.timePerVM
        var attempt = 1
        while true {
            let outcome = await transport.send(
                .POST, target.exposed, headers: headers, body: Array(body.utf8), limit: Self.maximumAnswerSize)
            let delay: Duration
            switch outcome {
            case .success(let answer) where (200..<300).contains(answer.status): return
            case .success(let answer):
                // After a 502 or 504, a proxy may have passed it on: one that may have arrived is not sent twice in one run.
                guard [429, 503].contains(answer.status) else { throw refusal(answer.status) }
                let wait = RetryPolicy.retryAfter(answer.headers, now: now())
                delay = retry.delay(afterAttempt: attempt, retryAfter: wait)
                guard attempt < retry.attempts, wait ?? .zero <= retry.maximumRetryAfter, clock.now() + delay < end
                else { throw trouble("it answered HTTP \(answer.status)") }
            case .failure(let fault):
                delay = retry.delay(afterAttempt: attempt, retryAfter: nil)
                guard fault.mayPass, !fault.mayHaveArrived, attempt < retry.attempts, clock.now() + delay < end else {
                    throw trouble(fault.reason)
                }
            }
            attempt += 1
            try? await clock.sleep(for: delay)
        }
    }

    private func trouble(_ problem: String) -> HistoryError {
        HistoryError(
            .unreachable, about: subject, problem, advice: "what there is to tell is kept, the next run tries again")
    }

    private func refusal(_ status: Int) -> HistoryError {
        switch status {
        case 300..<400:
            HistoryError(
                .configuration, about: subject,
                "it answered HTTP \(status), a redirection, which is not followed because the URL is a secret",
                advice: "put the new URL into the webhook file")
        case 401, 403:
            HistoryError(
                .loginRefused, about: subject, "it refused the message (HTTP \(status))",
                advice: "make a new webhook, and put its URL into the webhook file")
        case 400..<500:
            HistoryError(
                .configuration, about: subject, "it refused the message (HTTP \(status))",
                advice: "check the URL in the webhook file, and that --format is what it expects")
        default: trouble("it answered HTTP \(status)")
        }
    }
}
