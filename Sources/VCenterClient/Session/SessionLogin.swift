import Foundation
import GuestCustomization
import NIOCore

/// The login, as `POST /api/session` and its answers. Source: docs/vcenter-api.md, "Session".
struct SessionLogin: Sendable {
    let transport: VCenterTransport
    /// Value of the `Authorization` header.
    let authorization: Secret
    /// What no message may repeat.
    let withholding: Withholding
    let retry: RetryPolicy
    let clock: SteadyClock
    let now: @Sendable () -> Timestamp

    static let bodyLimit = 64 * 1024

    init(
        transport: VCenterTransport, authorization: Secret, retry: RetryPolicy, clock: SteadyClock,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.transport = transport
        self.authorization = authorization
        withholding = Withholding(authorization: authorization)
        self.retry = retry
        self.clock = clock
        self.now = now
    }

    /// Why there is no session.
    struct Failure: Error {
        var failure: CollectionFailure
        /// Whether it was the server or the network that was in trouble, which may have passed by the next try.
        var isTransient = false
        var retryAfter: Duration?
        /// What a poll got that found no session.
        var fault: TransportFault.Kind = .unreachable
        /// Whether an HTTP answer came.
        var isAnswered = true
    }

    struct Session {
        var id: String
        /// How far the vCenter's clock was ahead of ours; `nil` where it did not tell.
        var clockOffsetMilliseconds: Int64?
    }

    /// - Parameter attempts: How often it is tried where a server in trouble refused it for certain.
    func logIn(attempts: Int) async -> Result<Session, Failure> {
        var attempt = 1
        var wasReset = false
        while true {
            let outcome = await transport.send(
                .POST, "/api/session", headers: ["authorization": authorization.exposed], limit: Self.bodyLimit)
            switch outcome {
            case .success(let answer):
                let roundTrip = answer.sentAt.map { clock.now() - $0 } ?? .zero
                switch sessionID(in: answer) {
                case .success(let id):
                    return .success(Session(id: id, clockOffsetMilliseconds: clockOffset(answer, roundTrip)))
                case .failure(let failure):
                    guard failure.isTransient, attempt < attempts, !Task.isCancelled,
                        failure.retryAfter ?? .zero <= retry.longestRetryAfter
                    else { return .failure(failure) }
                    try? await clock.sleep(for: retry.delay(afterAttempt: attempt, retryAfter: failure.retryAfter))
                    attempt += 1
                }
            case .failure(let fault):
                let failure = Failure(
                    failure: CollectionFailure(.unreachable, "cannot reach \(transport.baseURL): \(fault.reason)"),
                    isTransient: fault.kind == .unreachable || (fault.kind == .timedOut && !fault.mayHaveArrived),
                    fault: fault.kind, isAnswered: false)
                // A connection that breaks may have been idle for too long, and most likely took nothing in: it is tried once more.
                // A server that hangs may have made a session, which nobody can end without its answer. Where nothing was sent, the
                // transport has tried for as long as it may help.
                let isBroken = fault.kind == .unreachable && fault.mayHaveArrived
                guard isBroken, !wasReset, !Task.isCancelled else { return .failure(failure) }
                wasReset = true
                try? await clock.sleep(for: retry.delay(afterAttempt: attempt, retryAfter: nil))
            }
        }
    }

    /// `Date` is in whole seconds and was written between question and answer: on average half a second ago, half way.
    private func clockOffset(_ answer: HTTPAnswer, _ roundTrip: Duration) -> Int64? {
        answer.headers.first(name: "date").flatMap(Timestamp.init(imfFixdate:)).map { date in
            date.unixMilliseconds + 500 - (now().unixMilliseconds - Int64(roundTrip / .milliseconds(2)))
        }
    }

    private func sessionID(in answer: HTTPAnswer) -> Result<String, Failure> {
        let error = WireErrorBody(answer.body)
        // A page that shows the request's headers tells nothing else.
        let isRepeated = withholding.withheld(answer.body) != nil
        let words = error?.text.flatMap { isRepeated ? nil : ": " + $0 } ?? ""
        let server = transport.baseURL
        switch answer.status {
        case 200..<300:
            guard let id = JSONReader.value(of: answer.body)?.string, isHeaderValue(id) else {
                return .failure(
                    Failure(
                        failure: CollectionFailure(
                            .unreachable,
                            "\(server) answered the login with something other than a session: is it a vCenter 7.0 or later?"
                        )))
            }
            return .success(id)
        case 300..<400:
            return .failure(
                Failure(
                    failure: CollectionFailure(
                        .unreachable,
                        "\(server) answered the login with a redirect (HTTP \(answer.status))\(answer.redirectTarget(withholding).map { " to \($0)" } ?? ""), which is not followed, since the password would go there too; give the vCenter's own address"
                    )))
        case 401 where error?.isVCenters != true, 403 where error?.isVCenters != true:
            return .failure(
                Failure(
                    failure: CollectionFailure(
                        .unreachable,
                        "\(server) did not take the login (HTTP \(answer.status))\(words); these are not vCenter's own words: look for a proxy or a firewall before it"
                    )))
        case 401, 403:
            return .failure(
                Failure(
                    failure: CollectionFailure(
                        .loginRefused,
                        "\(server) refused the login (HTTP \(answer.status))\(words); check the user name, the password and that the account is not locked"
                    )))
        default:
            let isTransient = RetryPolicy.isTransient(status: answer.status)
            // What stands before the vCenter says 502 and 504 of requests that it passed on.
            let isHarmless = isTransient && answer.status != 502 && answer.status != 504
            let retryAfter = RetryPolicy.retryAfter(answer.headers, now: now())
            let remedy =
                if error?.isOfTooManySessions == true {
                    "; the account has as many sessions as it may have: end those that other programs left open, wait until they have been idle for long enough, or give this program an account of its own"
                } else if isTransient {
                    "; try again " + (retryAfter.map { "in \($0.inWords)" } ?? "later")
                } else {
                    "; is it a vCenter 7.0 or later?"
                }
            return .failure(
                Failure(
                    failure: CollectionFailure(
                        .unreachable, "\(server) did not take the login (HTTP \(answer.status))\(words)\(remedy)"),
                    isTransient: isHarmless, retryAfter: retryAfter,
                    fault: isTransient ? .turnedAway : .unreachable))
        }
    }

    /// Whether `id` can stand in a header line: visible ASCII of a sane length, since the server chose it.
    private func isHeaderValue(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= 4096 && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension WireErrorBody {
    /// VMware's id of the 503 that the 551st login of an account got before 8.0 U3.
    fileprivate var isOfTooManySessions: Bool {
        messages.contains { $0.id.hasSuffix("MaxUserSessionCountReached") }
    }
}

extension HTTPAnswer {
    /// Where `Location` points to, without what may be a secret in it (user, query, fragment); `nil` if it names nothing.
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
