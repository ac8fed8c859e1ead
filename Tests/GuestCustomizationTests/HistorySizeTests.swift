import GuestCustomization
import Testing

@Suite struct HistorySizeTests {
    private static let now = Timestamp(unixMilliseconds: 1_793_491_200_000)

    /// A history of 10,000 polls in 10 days, 100 bytes each.
    private func size(_ change: (inout HistorySize) -> Void = { _ in }) -> HistorySize {
        var size = HistorySize(
            uuid: "u", generatedAt: Self.now, fileBytes: 1_300_000, logBytes: 0, freeBytes: 100_000,
            emptyBytes: 200_000,
            rows: [], polls: 10_000, recentPolls: 7000, firstRunAt: Self.now.advanced(bySeconds: -864_000),
            lastRunAt: Self.now, diskBytes: 10_000_000, availableBytes: 900_000)
        change(&size)
        return size
    }

    @Test func `growth is the polls of the last week times the bytes of one, and free pages are used first`() {
        let size = size()
        #expect(size.bytesPerPoll == 100)
        let growth = size.growth.known
        #expect(growth?.pollsPerDay == 1000 && growth?.bytesPerDay == 100_000 && growth?.days == 7)
        #expect(growth?.daysUntilFull == 10)
        #expect(size.fullAt == Self.now.advanced(bySeconds: 864_000))
    }

    @Test func `a history younger than a week is measured over its age`() {
        let size = size {
            $0.firstRunAt = Self.now.advanced(bySeconds: -172_800)
            $0.recentPolls = 10_000
        }
        #expect(size.growth.known?.pollsPerDay == 5000)
    }

    @Test func `too little history gives no growth and no date, but a reason`() {
        let cases: [(HistorySize.Shortage, HistorySize)] = [
            (.noPolls, size { $0.polls = 0 }), (.noPolls, size { $0.firstRunAt = nil }),
            (.lessThanADay, size { $0.firstRunAt = Self.now.advanced(bySeconds: -86_000) }),
            (.lessThanADay, size { $0.firstRunAt = Self.now.advanced(bySeconds: 60) }),
            (.fewPolls, size { $0.polls = 999 }), (.nothingLately, size { $0.recentPolls = 0 }),
        ]
        for (reason, size) in cases {
            #expect(size.growth.known == nil && size.growth.shortage == reason && size.fullAt == nil)
        }
    }

    @Test func `a disk that lasts for centuries has no date`() {
        #expect(size { $0.availableBytes = 1 << 60 }.fullAt == nil)
    }
}
