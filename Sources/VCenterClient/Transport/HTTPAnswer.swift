import NIOHTTP1

/// An HTTP response with its body, cut to a limit.
struct HTTPAnswer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    /// Whether the server sent more than `body` holds, in bytes as they are once they are decompressed.
    var isCut: Bool
    /// Why `body` is not what the server wrote, though all of it came: it was compressed, and is damaged. A clause; `nil` if it is.
    var damage: String?
    /// By the transport's clock; of several tries, the one that got this answer.
    var sentAt: Duration?
    /// The memory that it takes, where that is much: to be kept as long as the body is.
    var grant: BodyBudget.Grant?
    /// The body without the secrets that it repeats, which is what may be stored and shown; `nil` if it repeats none.
    private(set) var withheld: Withholding.Withheld?

    /// Looks for what must be neither stored nor shown.
    mutating func withhold(_ secrets: Withholding) {
        withheld = secrets.withheld(body)
    }
}

/// Why a request got no HTTP response.
struct TransportFault: Error, Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case timedOut
        case unreachable
        /// Something answered, but not in HTTP.
        case notHTTP
        /// The peer's certificate is not trusted.
        case untrusted
        /// The request was not sent: the server had turned away all before it.
        case turnedAway
        /// The request was given up because the run is being stopped.
        case cancelled
    }

    var kind: Kind
    /// A clause for people; the same for the same cause, so that equal answers are stored once.
    var reason: String
    /// Whether the server may have got the request, and done what it asks for.
    var mayHaveArrived = true
    /// Whether a response had begun to come.
    var hasBegun = false
    /// Whether another try may end otherwise; `false` where that was tried for as long as the request had time, or cannot be.
    var mayPass = true
}
