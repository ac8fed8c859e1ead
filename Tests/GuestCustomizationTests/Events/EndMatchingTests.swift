import GuestCustomization
import TestSupport
import Testing

@Suite struct EndMatchingTests {
    private func end(_ seconds: Int) -> Timestamp { Timestamp(unixMilliseconds: Int64(seconds) * 1000) }

    /// The best number of pairs and the least sum of distances, by trying everything.
    private func best(_ first: [Timestamp], _ second: [Timestamp], _ tolerance: Int64) -> (Int, Int64) {
        guard let head = first.first else { return (0, 0) }
        let rest = Array(first.dropFirst())
        var found = best(rest, second, tolerance)
        for (index, other) in second.enumerated() {
            let apart = abs(head.unixMilliseconds - other.unixMilliseconds)
            guard apart <= tolerance else { continue }
            var left = second
            left.remove(at: index)
            let below = best(rest, left, tolerance)
            if (-(below.0 + 1), below.1 + apart) < (-found.0, found.1) { found = (below.0 + 1, below.1 + apart) }
        }
        return found
    }

    @Test func `the matching is the best there is`() {
        var random = SeededGenerator(seed: 16)
        for _ in 0..<400 {
            func ends() -> [Timestamp] {
                (0..<Int.random(in: 0...6, using: &random)).map { _ in end(Int.random(in: 0...40, using: &random)) }
            }
            let (first, second) = (ends(), ends())
            let pairs = EndMatching.pairs(first, second, tolerance: .seconds(5))
            #expect(Set(pairs.map(\.first)).count == pairs.count && Set(pairs.map(\.second)).count == pairs.count)
            var sum: Int64 = 0
            for pair in pairs {
                let apart = abs(first[pair.first].unixMilliseconds - second[pair.second].unixMilliseconds)
                #expect(apart <= 5000)
                sum += apart
            }
            let expected = best(first, second, 5000)
            #expect((pairs.count, sum) == expected)
            // By value: which of two equal ends is taken does not matter.
            let mirrored = EndMatching.pairs(second, first, tolerance: .seconds(5))
            #expect(mirrored.count == pairs.count)
        }
    }

    @Test func `very many ends within the tolerance are matched in order`() {
        let ends = (0..<3000).map { end($0 / 100) }
        #expect(EndMatching.pairs(ends, ends, tolerance: .seconds(300)).count == 3000)
    }
}
