import GuestCustomization
import Testing

@testable import HistoryStore

/// Definition 1 where vCenter sends no times: each row is what a VM answers, and the customizations that these answers are about.
@Suite struct TimelessCustomizationTests {
    private static let pending = Answer.status(.pending)
    private static let idle = Answer.status(.idle)
    private static let old = Answer.status(.succeeded, start: -500, end: -400)
    private static let new = Answer.status(.succeeded, start: 100, end: 200)
    private static let gone = Answer.nothing(.notFound, http: 404)
    private static let refused = Answer.nothing(.timedOut)

    private static let examples: [(answers: [Answer], customizations: [String])] = [
        ([pending, pending, new], ["succeeded|100|200|3"]),
        ([pending, idle], ["lost|||1"]),
        ([pending, gone], ["lost|||1"]),
        ([old, pending, new], ["succeeded|-500|-400|1", "succeeded|100|200|2"]),
        // What was there before is back: nobody saw what was pending end.
        ([old, pending, old], ["succeeded|-500|-400|2", "lost|||1"]),
        ([pending, idle, pending, new], ["lost|||1", "succeeded|100|200|2"]),
        ([pending, new, pending], ["succeeded|100|200|2", "pending|||1"]),
        ([pending, new, pending, new], ["succeeded|100|200|3", "lost|||1"]),
        // Without an answer nothing is known, and nothing ends.
        ([pending, refused, new], ["succeeded|100|200|2"]),
        ([.status(.running), .status(.running, start: 100), new], ["succeeded|100|200|3"]),
        ([pending, .status(.running), .status(.running, start: 100)], ["running|100||3"]),
        ([pending, .status(.failed, end: 150)], ["failed||150|2"]),
        ([pending, .status(.failed)], ["failed|||2"]),
        ([.status(.failed), new], ["succeeded|100|200|2"]),
    ]

    @Test(arguments: examples.indices)
    func `answers without times belong to the customization that the next answer is about, if that one is new`(
        index: Int
    ) async throws {
        let example = Self.examples[index]
        let history = try TemporaryHistory()
        for (hour, answer) in example.answers.enumerated() {
            try await history.run(at: .epoch(Double(hour) * 3600), endpoint: .customization, [("vm-1", answer)])
            if index % 2 == 0 { try history.reopen() }
        }
        func found() throws -> [String] {
            try history.query(
                """
                SELECT outcome || '|' || coalesce((start_ms - 1793491200000) / 1000, '') || '|'
                    || coalesce((end_ms - 1793491200000) / 1000, '') || '|'
                    || (u.polls + iif(u.last_polled_ms IS NULL, l.polls, 0))
                FROM customization AS u LEFT JOIN latest_poll AS l USING (virtual_machine_endpoint_id)
                ORDER BY first_polled_ms
                """)
        }
        #expect(try found() == example.customizations)
        try await history.database.rebuildCustomizations()
        #expect(try found() == example.customizations)
    }

    @Test
    func `a time at or before 1970-01-02 counts as unset: it distinguishes no customizations and gives no duration`()
        async throws
    {
        let zero = Timestamp(unixMilliseconds: 0)
        let latest = Timestamp(unixMilliseconds: 86_400_000)
        func answer(_ status: CustomizationStatus, _ start: Timestamp?, _ end: Timestamp?) -> Answer {
            Answer(
                result: .reported, httpStatus: 200,
                info: CustomizationInfo(status: status, startTime: start, endTime: end))
        }
        let history = try TemporaryHistory()
        try await history.run(
            at: .epoch(0),
            [
                ("vm-1", answer(.pending, zero, nil)), ("vm-2", answer(.failed, latest, .epoch(-9))),
                ("vm-3", answer(.failed, .epoch(-9), zero)),
                ("vm-4", answer(.succeeded, Timestamp(unixMilliseconds: 86_400_001), .epoch(0))),
            ])
        try await history.run(
            at: .epoch(3600),
            [
                ("vm-1", answer(.succeeded, .epoch(9), .epoch(19))), ("vm-2", answer(.failed, latest, .epoch(-9))),
                ("vm-3", answer(.failed, .epoch(-9), zero)),
            ])
        #expect(
            try history.query(
                "SELECT vm, outcome, start_time, end_time, duration_seconds FROM customization_history ORDER BY vm")
                == [
                    "vm-1|succeeded|2026-11-01T00:00:09.000Z|2026-11-01T00:00:19.000Z|10.0",
                    "vm-2|failed|NULL|2026-10-31T23:59:51.000Z|NULL",
                    "vm-3|failed|2026-10-31T23:59:51.000Z|NULL|NULL",
                    "vm-4|succeeded|1970-01-02T00:00:00.001Z|2026-11-01T00:00:00.000Z|1793404799.999",
                ])
    }
}
