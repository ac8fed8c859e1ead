import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore

@Suite struct PollBlockTests {
    @Test func `the rows of a block contain its polls, each position once`() throws {
        let seed = UInt64.random(in: 0..<UInt64(UInt32.max))
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let block = Int64.random(in: 0..<1000, using: &random)
            let spread: Int64 = random.pick([
                1, 9, 10, 99, 999, 1000, 30_000, 86_400_000, 10_000_000_000_000, 200_000_000_000_000,
            ])
            let rows = (0..<64).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
            let entries = rows.map {
                PollBlock.Entry(
                    row: block * 64 + Int64($0),
                    milliseconds: 1_793_491_200_000 - 60_000_000_000_000 + Int64.random(in: 0..<spread, using: &random))
            }
            let parts = PollBlock.blocks(of: entries[...])
            var read: [PollBlock.Entry] = []
            for part in parts {
                #expect(part.block == block && (1...PollBlock.digitLimit).contains(part.digits))
                try part.offsets.withUnsafeBytes { offsets in
                    try PollBlock.forEachPoll(
                        block: part.block, firstMilliseconds: part.firstMilliseconds, digits: part.digits,
                        offsets: offsets
                    ) { read.append($0) }
                }
            }
            #expect(read.sorted { $0.row < $1.row } == entries, "seed \(seed)")
        }
    }

    @Test func `a poll that was sent long before its neighbours gets a row of its own, so that the others stay short`()
    {
        var entries = (0..<64).map { PollBlock.Entry(row: $0, milliseconds: 1_000_000 + $0) }
        entries[5].milliseconds = 970_000
        let parts = PollBlock.blocks(of: entries[...])
        #expect(parts.map(\.digits) == [1, 2])
        #expect(parts.map { $0.offsets.count } == [6, 128])
        entries[5].milliseconds = 1_000_005
        #expect(
            PollBlock.blocks(of: entries[...]).map { String(decoding: $0.offsets.prefix(6), as: UTF8.self) } == [
                "000102"
            ])
    }

    @Test(arguments: ["1", "123", "1x", "- 1", "1.", " 1", "1 ", "११", "0011223344556677889900", "\0\0"])
    func `an offset that is not a number is refused`(text: String) {
        var text = text
        let digits = text.count == 22 ? 1 : 2
        if text.count == 22 { text = String(repeating: text, count: 3) }
        text.withUTF8 { offsets in
            _ = #expect(throws: StoredValueFault.self) {
                try PollBlock.forEachPoll(
                    block: 0, firstMilliseconds: 0, digits: digits, offsets: UnsafeRawBufferPointer(offsets)
                ) { _ in }
            }
        }
    }
}
