import GuestCustomization
import TestSupport

/// Draws what a VM may answer: few instants, so that older customizations come back, and every way to say too little. Few values
/// of everything, so that two answers often differ in one place only.
struct RandomAnswers {
    private var given: [String: [Answer]] = [:]

    mutating func next(for source: String, _ random: inout SeededGenerator) -> Answer {
        let before = given[source] ?? []
        let number = Int.random(in: 0..<10, using: &random)
        if number < 4, let latest = before.last { return latest }
        var answer = Self.draw(&random)
        answer.body = random.pick([nil, nil, [], Array("{}".utf8), [0x7B, 0]])
        // A VM reverted to a snapshot answers word for word what it did then.
        if number < 6, !before.isEmpty { answer = random.pick(before) }
        given[source] = before + [answer]
        return answer
    }

    static func draw(_ random: inout SeededGenerator) -> Answer {
        let errors: [CustomizationError?] = [
            nil, .text("it broke"), .message(LocalizableMessage(id: "id.1", defaultMessage: "it \0 broke 🙂")),
        ]
        let number = Int.random(in: 0..<100, using: &random)
        if number < 18 {
            let failures: [Answer.Result] = [
                .unauthorized, .unauthenticated, .unavailable, .timedOut, .unreachable, .invalid,
            ]
            return Answer(
                result: random.pick(failures), httpStatus: random.pick([nil, 403, 503]), failure: random.pick(errors))
        }
        if number < 26 { return .nothing(.notFound, http: 404) }
        if number < 34 { return .status(random.pick([.notAvailable, .idle])) }
        let statuses: [CustomizationStatus] = [
            .running, .running, .succeeded, .failed, .pending, CustomizationStatus(rawValue: "REBOOTING"),
        ]
        let times: [Double?] = [nil, nil, 10, 20, 30]
        return .status(
            random.pick(statuses), start: random.pick(times), end: random.pick(times), error: random.pick(errors))
    }
}
