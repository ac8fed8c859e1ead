/// What one poll got: a reported status, or why there is none.
public struct Answer: Hashable, Sendable {
    /// Whether a status was reported, or why none was. The raw values are those of `poll_history.result`.
    public enum Result: String, CaseIterable, Hashable, Sendable {
        /// A status was reported; `info` holds it.
        case reported
        /// The VM is gone, in vCenter's own words (HTTP 404).
        case notFound = "not_found"
        /// The account lacks the privilege on this VM (HTTP 403).
        case unauthorized
        /// No valid session, even after one new login (HTTP 401).
        case unauthenticated
        /// The server said that it cannot answer now (HTTP 429, 500, 502, 503 and their kin).
        case unavailable
        /// No answer within the time limit, or the server said that it ran out of time (HTTP 504).
        case timedOut = "timed_out"
        /// No HTTP answer: the connection failed or broke.
        case unreachable
        /// An answer came and could not be understood.
        case invalid
    }

    public var result: Result
    /// HTTP status code; `nil` where no HTTP answer came.
    public var httpStatus: Int?
    /// The reported customization; there if and only if `result` is `.reported`.
    public var info: CustomizationInfo?
    /// Why nothing was reported, in the server's words where it had some; `nil` if `result` is `.reported`.
    public var failure: CustomizationError?
    /// The body as received, cut to the client's limit; `nil` if there was none.
    public var body: [UInt8]?

    public init(
        result: Result, httpStatus: Int? = nil, info: CustomizationInfo? = nil, failure: CustomizationError? = nil,
        body: [UInt8]? = nil
    ) {
        self.result = result
        self.httpStatus = httpStatus
        self.info = info
        self.failure = failure
        self.body = body
    }

    /// Identifier of the error: of the failed customization, or of why nothing was reported.
    public var errorID: String? { (info?.error ?? failure)?.id }
    /// Text of the error, for people.
    public var errorMessage: String? { (info?.error ?? failure)?.text }
    /// The same text in English; `nil` where `errorMessage` is it.
    public var untranslatedError: String? { (info?.error ?? failure)?.untranslated }
}

extension Answer.Result {
    /// Whether the VM's question was answered: its own 403 or 404 is an answer, a broken connection is not.
    public var isAnswer: Bool {
        switch self {
        case .reported, .notFound, .unauthorized: true
        case .unauthenticated, .unavailable, .timedOut, .unreachable, .invalid: false
        }
    }
}
