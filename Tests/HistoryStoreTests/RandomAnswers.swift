import GuestCustomization

/// Random numbers that can be had again from their seed. Source: Steele, Lea and Flood, SplitMix64 (2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Draws what a VM may answer: few instants, so that older customizations come back, and every way to say too little.
struct RandomAnswers {
    private var latest: [String: Answer] = [:]

    mutating func next(for source: String, _ random: inout SeededGenerator) -> Answer {
        if let answer = latest[source], Int.random(in: 0..<10, using: &random) < 4 { return answer }
        let answer = Self.draw(&random)
        latest[source] = answer
        return answer
    }

    private static func draw(_ random: inout SeededGenerator) -> Answer {
        let number = Int.random(in: 0..<100, using: &random)
        if number < 12 {
            let failures: [Answer.Result] = [
                .unauthorized, .unauthenticated, .unavailable, .timedOut, .unreachable, .invalid,
            ]
            return .nothing(failures[number % failures.count], http: [nil, 403, 503][number % 3], "failure \(number)")
        }
        if number < 20 { return .nothing(.notFound, http: 404) }
        if number < 28 { return .status(number < 24 ? .notAvailable : .idle) }
        let statuses: [CustomizationStatus] = [
            .running, .running, .succeeded, .failed, .pending, CustomizationStatus(rawValue: "REBOOTING"),
        ]
        let times: [Double?] = [nil, nil, 10, 20, 30]
        let errors: [CustomizationError?] = [
            nil, .text("it broke"), .message(LocalizableMessage(id: "id.1", defaultMessage: "it \0 broke 🙂")),
        ]
        return .status(
            statuses[Int.random(in: statuses.indices, using: &random)],
            start: times[Int.random(in: times.indices, using: &random)],
            end: times[Int.random(in: times.indices, using: &random)],
            error: errors[Int.random(in: errors.indices, using: &random)])
    }
}
