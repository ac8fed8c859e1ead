import AsyncHTTPClient
import GuestCustomization
import HistoryConfiguration
import Logging
import NIOCore

/// The connections to one vCenter, and the session that its requests share.
final class VCenterConnection: Sendable {
    let client: HTTPClient
    let requests: SessionRequests
    /// Read once: a `password_command` may ask a person.
    let credentials: Credentials
    let login: LoginGate.Attempt
    var transport: VCenterTransport { requests.transport }

    init(client: HTTPClient, requests: SessionRequests, credentials: Credentials, login: LoginGate.Attempt) {
        self.client = client
        self.requests = requests
        self.credentials = credentials
        self.login = login
    }
}

/// Makes the connections to a vCenter: credentials, trust in its certificate, limits.
struct VCenterConnector: Sendable {
    let configuration: VCenterConfiguration
    let retry: RetryPolicy
    let logger: Logger
    /// Serves all connections.
    let loop: any EventLoop
    let noteProgress: @Sendable () -> Void
    let now: @Sendable () -> Timestamp
    let clock: SteadyClock

    /// Does not log in.
    func connect() async throws(HistoryError) -> VCenterConnection {
        do {
            let credentials = try await configuration.credentials.credentials(by: clock)
            let trust: EstablishedTrust
            do {
                trust = try await establishedTrust()
            } catch let error as HistoryError where error.code != .configuration {
                // The message contains names from the server's certificate.
                let message = Withholding(authorization: credentials.authorization).shown(inOurWords: error.message)
                throw HistoryError(.unreachable, message)
            }
            let client = HTTPClient(
                eventLoopGroup: loop,
                configuration: trust.httpClientConfiguration(
                    concurrency: configuration.concurrency, connectTimeout: configuration.timeouts.connect,
                    proxy: configuration.route.proxy))
            let transport = VCenterTransport(
                client: client, baseURL: configuration.address.baseURL,
                timeout: TimeAmount(configuration.timeouts.request), clock: clock, noteEnd: noteProgress)
            let session = VCenterSession(
                SessionLogin(
                    transport: transport, authorization: credentials.authorization, retry: retry, clock: clock, now: now
                ))
            return VCenterConnection(
                client: client,
                requests: SessionRequests(
                    transport: transport, session: session,
                    pushback: Pushback(maximum: configuration.concurrency, retry: retry, clock: clock),
                    retry: retry, logger: logger, clock: clock, now: now),
                credentials: credentials,
                login: LoginGate.Attempt(
                    login: credentials.authorization, user: credentials.user, vCenter: configuration.name))
        } catch let error as HistoryError {
            throw error
        } catch {
            throw HistoryError(
                .unreachable, about: "cannot connect to \(configuration.address)", "\(error)".withoutSourcePlaces,
                cause: error)
        }
    }

    /// The trust in the vCenter's certificate. It is retried if the network was in temporary trouble, for as long as one connection
    /// may take. A server that is silent for that long is not tried again.
    private func establishedTrust() async throws -> EstablishedTrust {
        var attempt = 1
        let end = clock.now() + configuration.timeouts.connect
        var left = configuration.timeouts.connect
        while true {
            defer { noteProgress() }
            do {
                return try await configuration.trust.establish(
                    with: configuration.address, through: configuration.route.proxy, connectTimeout: left, now: now)
            } catch let error as HistoryError where error.code == .unreachable && attempt < retry.attempts {
                let delay = retry.delay(afterAttempt: attempt, retryAfter: nil)
                left = end - clock.now() - delay
                guard left > .zero else { throw error }
                try await clock.sleep(for: delay)
                attempt += 1
            }
        }
    }
}
