import NIOHTTP1

extension VCenterSession {
    /// A session, as seen by a request.
    struct Token: Sendable {
        var id: String
        var generation: Int
        /// The secrets to remove from answers to requests with this token: a server may repeat what it was sent, now or earlier.
        var withholding: Withholding
        /// Of a GET request with this token; made once, because it is needed for every VM.
        let headers: HTTPHeaders

        init(id: String, generation: Int, withholding: Withholding) {
            self.id = id
            self.generation = generation
            self.withholding = withholding
            headers = VCenterTransport.headers(["vmware-api-session-id": id], isSOAP: false)
        }

        /// The answer to a request with this token, with the token and the login removed.
        func withheld(from answer: HTTPAnswer) -> HTTPAnswer {
            var answer = answer
            answer.withhold(withholding)
            return answer
        }
    }

    /// What requests do with the sessions. A lock guards it, so that a request enters and leaves an open session without waiting for
    /// the actor.
    struct Use {
        /// The session that is open.
        var current: Token?
        var generation = 0
        /// Requests in flight in each session.
        var underWay: [Int: Int] = [:]
        /// Sessions that were replaced while requests were in flight.
        var replaced: [Int: Token] = [:]
        /// Whether the current session has served a request.
        var hasServed = false
        /// How many sessions in a row have ended without serving one.
        var barren = 0
        /// The path served last, in any session. A session that does not serve it has ended.
        var servedPath: String?

        mutating func enter(_ token: Token) {
            underWay[token.generation, default: 0] += 1
        }

        mutating func noteService(in token: Token) {
            guard token.generation == generation else { return }
            hasServed = true
            barren = 0
        }

        /// Returns the session to end: one that was replaced, and is no longer used.
        mutating func leave(_ token: Token) -> Token? {
            underWay[token.generation, default: 1] -= 1
            guard underWay[token.generation] == 0 else { return nil }
            underWay[token.generation] = nil
            return replaced.removeValue(forKey: token.generation)
        }
    }
}
