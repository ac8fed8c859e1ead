import NIOHTTP1

/// An HTTP response with its body, cut to a limit.
struct HTTPAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    /// Whether the server sent more than `body` contains, in decompressed bytes.
    var isCut: Bool
    /// Why `body` differs from what the server wrote, although all of it arrived: its compression is damaged. A clause; `nil` if it is intact.
    var damage: String?
    /// On the transport's clock. If there were several attempts, that of the one that got this answer.
    var sentAt: Duration?
    /// The reserved memory of a large body; keep it as long as the body.
    var grant: BodyBudget.Grant?
    /// The body without the secrets that it repeats, safe to store and show; `nil` if it repeats none.
    private(set) var withheld: Withholding.Withheld?

    /// Looks for secrets, which must be neither stored nor shown.
    mutating func withhold(_ secrets: Withholding) {
        withheld = secrets.withheld(body)
    }
}

/// Why a request got no HTTP response.
struct TransportFault: Error, Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case timedOut
        case unreachable
        /// The answer was not HTTP.
        case notHTTP
        /// The peer's certificate is not trusted.
        case untrusted
        /// The request was not sent, because the server had turned away all earlier ones.
        case turnedAway
        /// The request was given up because the run is being stopped.
        case cancelled
    }

    var kind: Kind
    /// A clause for people. The same cause gives the same text, so that equal answers are stored once.
    var reason: String
    /// Whether the server may have received and carried out the request.
    var mayHaveArrived = true
    /// Whether a response had begun to arrive.
    var hasBegun = false
    /// Whether another attempt may succeed; `false` if attempts have used up the request's time, or are impossible.
    var mayPass = true
}
