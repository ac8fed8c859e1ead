import GuestCustomization
import TestSupport
import Testing

@Suite struct AnswerMeaningTests {
    private static let run = CollectionRunID(rawValue: 7)
    private static let row = CustomizationIdentity.firstPoll(CollectionRunID(rawValue: 3))
    private static let start = at(0)

    private func meaning(
        _ status: CustomizationStatus, start: Timestamp? = nil, end: Timestamp? = nil,
        current: CustomizationIdentity?, known: Set<CustomizationIdentity> = []
    ) -> AnswerMeaning {
        AnswerMeaning(
            result: .reported, info: CustomizationInfo(status: status, startTime: start, endTime: end),
            current: current, in: Self.run, isKnown: known.contains)
    }

    @Test func `an answer without times continues the row or begins one`() {
        #expect(meaning(.pending, current: nil) == .customization(.firstPoll(Self.run), .pending))
        #expect(meaning(.running, current: Self.row) == .customization(Self.row, .running))
        #expect(
            meaning(.pending, current: .startTime(Self.start)) == .customization(.firstPoll(Self.run), .pending))
    }

    @Test func `the answer that ends a row belongs to it if its customization is new`() {
        let identity = CustomizationIdentity.startTime(Self.start)
        #expect(meaning(.succeeded, start: Self.start, current: Self.row) == .identified(identity, .succeeded))
        #expect(
            meaning(.succeeded, start: Self.start, current: Self.row, known: [identity])
                == .customization(identity, .succeeded))
        #expect(meaning(.succeeded, start: Self.start, current: nil) == .customization(identity, .succeeded))
        #expect(meaning(.failed, end: at(9), current: Self.row) == .identified(.endTime(at(9)), .failed))
    }

    @Test func `a lookup for a known customization happens only where a row ends`() {
        struct Asked: Error {}
        func ask(_ current: CustomizationIdentity?, _ status: CustomizationStatus, _ start: Timestamp?) throws {
            _ = try AnswerMeaning(
                result: .reported, info: CustomizationInfo(status: status, startTime: start), current: current,
                in: Self.run, isKnown: { _ in throw Asked() })
        }
        #expect(throws: Never.self) {
            try ask(nil, .running, Self.start)
            try ask(.startTime(at(9)), .running, Self.start)
            try ask(Self.row, .pending, nil)
            try ask(Self.row, .idle, nil)
        }
        #expect(throws: Asked.self) { try ask(Self.row, .running, Self.start) }
    }

    @Test(arguments: Answer.Result.allCases)
    func `only vCenter's own 404 means that a VM is not found`(result: Answer.Result) {
        let meaning = AnswerMeaning(
            result: result, info: nil, current: Self.row, in: Self.run, isKnown: { _ in false })
        #expect(meaning == (result == .notFound ? .noCustomization : .unknown))
    }

    @Test func `a time before 1970-01-02 is not set`() {
        let latest = Timestamp(unixMilliseconds: 86_400_000)
        var info = CustomizationInfo(status: .failed, startTime: latest, endTime: Timestamp(unixMilliseconds: .min))
        #expect(info.startTime == nil && info.endTime == nil)
        info.startTime = Timestamp(unixMilliseconds: 86_400_001)
        #expect(info.startTime?.unixMilliseconds == 86_400_001)
        info.startTime = latest
        #expect(info.startTime == nil)
    }
}
