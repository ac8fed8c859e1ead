import Foundation
import GuestCustomization
import HistoryConfiguration
import NIOCore
import NIOHTTP1

/// The login: `POST /api/session` and its answers. Source: docs/vcenter-api.md, "Session".
struct SessionLogin: Sendable {
    /// The requests that begin and end a session, and where the token is.
    struct Way: Sendable {
        var path: String
        /// JSON with the user name and the password; `nil` if they are sent as the `Authorization` header.
        var credentials: Secret?
        var logOut: SessionRequests.Call
        /// The response header with the token; `nil` if it is the body.
        var tokenHeader: String?

        /// The session of the REST API, and from 8.0 U3 of VI JSON.
        static let rest = Way(
            path: "/api/session",
            logOut: SessionRequests.Call(method: .DELETE, path: "/api/session"))
    }

    let transport: VCenterTransport
    /// Value of the `Authorization` header.
    let authorization: Secret
    /// The secrets that no message may repeat.
    let withholding: Withholding
    let retry: RetryPolicy
    let clock: SteadyClock
    let now: @Sendable () -> Timestamp
    let way: Way

    static let bodyLimit = 64 * 1024

    init(
        transport: VCenterTransport, authorization: Secret, retry: RetryPolicy, clock: SteadyClock,
        now: @escaping @Sendable () -> Timestamp, way: Way = .rest
    ) {
        self.way = way
        self.transport = transport
        self.authorization = authorization
        withholding = Withholding(authorization: authorization)
        self.retry = retry
        self.clock = clock
        self.now = now
    }

    /// Why there is no session.
    struct Failure: Error {
        var failure: HistoryError
        /// Whether the server or the network was in trouble, which may be over at the next attempt.
        var isTransient = false
        var retryAfter: Duration?
        /// The result of a poll that found no session.
        var fault: TransportFault.Kind = .unreachable
        /// Whether an HTTP answer came.
        var isAnswered = true
    }

    struct Session {
        var id: String
        /// How far the vCenter's clock was ahead of ours; `nil` if it did not say.
        var clockOffsetMilliseconds: Int64?
    }

    /// - Parameter attempts: How often it is tried if a server in trouble has certainly refused it.
    func logIn(attempts: Int) async -> Result<Session, Failure> {
        var attempt = 1
        var wasReset = false
        while true {
            let outcome = await transport.send(
                .POST, way.path, headers: headers, body: way.credentials.map { Array($0.exposed.utf8) },
                limit: Self.bodyLimit)
            switch outcome {
            case .success(let answer):
                let roundTrip = answer.sentAt.map { clock.now() - $0 } ?? .zero
                switch sessionID(in: answer) {
                case .success(let id):
                    return .success(Session(id: id, clockOffsetMilliseconds: clockOffset(answer, roundTrip)))
                case .failure(let failure):
                    guard failure.isTransient, attempt < attempts, !Task.isCancelled,
                        failure.retryAfter ?? .zero <= retry.maximumRetryAfter
                    else { return .failure(failure) }
                    try? await clock.sleep(for: retry.delay(afterAttempt: attempt, retryAfter: failure.retryAfter))
                    attempt += 1
                }
            case .failure(let fault):
                let failure = Failure(
                    failure: HistoryError(
                        .unreachable, about: "cannot reach \(transport.baseURL)", fault.reason, cause: fault),
                    isTransient: fault.kind == .unreachable || (fault.kind == .timedOut && !fault.mayHaveArrived),
                    fault: fault.kind, isAnswered: false)
                // A connection that breaks was probably idle for too long and received nothing: try once more.
                // A server that hangs may have opened a session, which nobody can end without its answer. If nothing was sent, the
                // transport has already retried for as long as it can help.
                let isBroken = fault.kind == .unreachable && fault.mayHaveArrived
                guard isBroken, !wasReset, !Task.isCancelled else { return .failure(failure) }
                wasReset = true
                try? await clock.sleep(for: retry.delay(afterAttempt: attempt, retryAfter: nil))
            }
        }
    }

    private var headers: HTTPHeaders {
        way.credentials == nil
            ? ["authorization": authorization.exposed]
            : VCenterTransport.headers(["content-type": "application/json"], isSOAP: false)
    }

    /// `Date` is in whole seconds and was written between request and answer: on average half a second earlier, half way.
    private func clockOffset(_ answer: HTTPAnswer, _ roundTrip: Duration) -> Int64? {
        answer.headers.first(name: "date").flatMap(Timestamp.init(imfFixdate:)).map { date in
            date.unixMilliseconds + 500 - (now().unixMilliseconds - Int64(roundTrip / .milliseconds(2)))
        }
    }

    private func sessionID(in answer: HTTPAnswer) -> Result<String, Failure> {
        let error = WireErrorBody(answer.body)
        // A page that repeats the request's headers says nothing else of use.
        let isRepeated = withholding.withheld(answer.body) != nil
        let words = error?.text.flatMap { isRepeated ? nil : ": " + $0 } ?? ""
        let server = transport.baseURL
        switch answer.status {
        case 200..<300:
            let written =
                way.tokenHeader.map { answer.headers.first(name: $0) } ?? JSONReader.value(of: answer.body)?.string
            guard let id = written, isHeaderValue(id) else {
                return .failure(
                    Failure(
                        failure: HistoryError(
                            .unreachable,
                            "\(server) answered the login with something other than a session: is it a vCenter 7.0 or later?"
                        )))
            }
            return .success(id)
        case 300..<400:
            return .failure(
                Failure(
                    failure: HistoryError(
                        .unreachable,
                        "\(server) answered the login with a redirect (HTTP \(answer.status))\(answer.redirectTarget(withholding).map { " to \($0)" } ?? ""), which is not followed, because the password would be sent there too",
                        advice: "give the vCenter's own address")))
        case 500 where VIFault(answer.body)?.kind == .invalidLogin:
            return .failure(
                Failure(
                    failure: HistoryError(
                        .loginRefused, "\(server) refused the login to its VI JSON API",
                        advice: "check the user name, the password and that the account is not locked")))
        case 401 where error?.isVCenters != true, 403 where error?.isVCenters != true:
            return .failure(
                Failure(
                    failure: HistoryError(
                        .unreachable, "\(server) did not accept the login (HTTP \(answer.status))\(words)",
                        advice: "this answer is not vCenter's own: look for a proxy or a firewall in front of it")))
        case 401, 403:
            return .failure(
                Failure(
                    failure: HistoryError(
                        .loginRefused, "\(server) refused the login (HTTP \(answer.status))\(words)",
                        advice: "check the user name, the password and that the account is not locked")))
        default:
            let isTransient = RetryPolicy.isTransient(status: answer.status)
            // A proxy in front of the vCenter answers 502 and 504 to requests that it passed on.
            let isHarmless = isTransient && answer.status != 502 && answer.status != 504
            let retryAfter = RetryPolicy.retryAfter(answer.headers, now: now())
            let remedy =
                if error?.isOfTooManySessions == true {
                    "; the account has reached its limit of sessions: end those that other programs left open, wait until idle ones expire, or give this program its own account"
                } else if isTransient {
                    "; try again " + (retryAfter.map { "in \($0.inWords)" } ?? "later")
                } else {
                    "; is it a vCenter 7.0 or later?"
                }
            return .failure(
                Failure(
                    failure: HistoryError(
                        .unreachable, "\(server) did not accept the login (HTTP \(answer.status))\(words)\(remedy)"),
                    isTransient: isHarmless, retryAfter: retryAfter,
                    fault: isTransient ? .turnedAway : .unreachable))
        }
    }

    /// Whether `id` is safe in a header line: visible ASCII of a reasonable length, since the server chose it.
    private func isHeaderValue(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= 4096 && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension WireErrorBody {
    /// The message id of the 503 that answers the 551st login of an account before 8.0 U3.
    fileprivate var isOfTooManySessions: Bool {
        messages.contains { $0.id.hasSuffix("MaxUserSessionCountReached") }
    }
}

extension HTTPAnswer {
    /// The target of `Location`, without the parts that may be secret (user, query, fragment); `nil` if there is none.
    fileprivate func redirectTarget(_ withholding: Withholding) -> String? {
        guard let location = headers.first(name: "location"), !location.isEmpty else { return nil }
        guard var parts = URLComponents(string: location) else { return nil }
        parts.user = nil
        parts.password = nil
        parts.query = nil
        parts.fragment = nil
        return parts.string.flatMap { $0.isEmpty ? nil : String(withholding.shown($0).prefix(200)) }
    }
}
