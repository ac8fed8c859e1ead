/// What one poll got: a reported status, or why there is none.
package struct Answer: Hashable, Sendable {
    /// Whether a status was reported, or why none was. The raw values are those of `poll_history.result`.
    package enum Result: String, CaseIterable, Hashable, Sendable {
        /// A status was reported; `info` holds it.
        case reported
        /// The VM is gone (HTTP 404, in vCenter's own words).
        case notFound = "not_found"
        /// The account lacks the privilege on this VM (HTTP 403, in vCenter's own words).
        case unauthorized
        /// No valid session, even after one new login (HTTP 401).
        case unauthenticated
        /// The server said that it cannot answer now (HTTP 429, 500, 502, 503 and the like), because of its own state or the VM's.
        case unavailable
        /// No answer within the time limit, or the server said that it ran out of time (HTTP 504).
        case timedOut = "timed_out"
        /// No HTTP answer: the connection failed or broke.
        case unreachable
        /// An answer came but could not be understood.
        case invalid
    }

    /// Whether a status was reported, or why none was.
    package var result: Result
    /// Whether the question about the VM was answered: by a status, or by the vCenter's own words about this VM. A VM without VMware
    /// Tools may be refused with the same `result` as all VMs of a server in trouble, so `result` alone does not decide this.
    package var isAnswer: Bool
    /// HTTP status code; `nil` where no HTTP answer came.
    package var httpStatus: Int?
    /// The reported customization; present if and only if `result` is `.reported`.
    package var info: CustomizationInfo?
    /// Why nothing was reported, in the server's words if it gave any; `nil` if `result` is `.reported`.
    package var failure: CustomizationError?
    /// The body as received, truncated to the client's limit; `nil` if there was none.
    package var body: [UInt8]?

    /// - Parameter isAnswer: `nil` for the default of `result`: a status, a 403 and a 404 are answers.
    package init(
        result: Result, isAnswer: Bool? = nil, httpStatus: Int? = nil, info: CustomizationInfo? = nil,
        failure: CustomizationError? = nil, body: [UInt8]? = nil
    ) {
        self.result = result
        self.isAnswer = isAnswer ?? [.reported, .notFound, .unauthorized].contains(result)
        self.httpStatus = httpStatus
        self.info = info
        self.failure = failure
        self.body = body
    }

    /// Identifier of the error: of the failed customization, or of why nothing was reported.
    package var errorID: String? { (info?.error ?? failure)?.id }
    /// Text of the error, for people to read.
    package var errorMessage: String? { (info?.error ?? failure)?.text }
    /// The same text in English; `nil` where it equals `errorMessage`.
    package var untranslatedError: String? { (info?.error ?? failure)?.untranslated }
}
