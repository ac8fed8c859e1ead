/// Finds which customizations of a VM that two sources tell of are the same one: those whose ends are at most a tolerance apart.
///
/// Each is matched with one at most. As many as possible are matched; of all ways to do so, in one with the smallest sum of
/// distances. The result depends on the ends only, not on their order.
package enum EndMatching {
    /// Indices of two ends that belong together.
    package struct Pair: Hashable, Sendable {
        /// Index in the first source.
        package var first: Int
        /// Index in the second source.
        package var second: Int
    }

    /// The pairs, in the order of the first index.
    ///
    /// - Parameters:
    ///   - first: The ends in one source, each by its own clock, in any order.
    ///   - second: Those in the other one.
    package static func pairs(_ first: [Timestamp], _ second: [Timestamp], tolerance: Duration) -> [Pair] {
        let line = Line(
            first: first.indices.sorted { (first[$0], $0) < (first[$1], $1) },
            second: second.indices.sorted { (second[$0], $0) < (second[$1], $1) },
            firstTimes: first, secondTimes: second, limit: max(0, (tolerance / .milliseconds(1)).rounded()))
        return line.pairs().sorted { $0.first < $1.first }
    }
}

/// The ends in the order of time. A best matching without crossings always exists: uncrossing two pairs lengthens none beyond
/// the longer one, nor their sum.
private struct Line {
    /// Indices, in the order of time.
    let first: [Int]
    let second: [Int]
    let firstTimes: [Timestamp]
    let secondTimes: [Timestamp]
    /// Milliseconds.
    let limit: Double

    /// Beyond it, a group is matched in the order of time, which also matches as many as possible. No real VM has so many ends
    /// within minutes of each other.
    private static let maximumCells = 1_000_000

    private func distance(_ i: Int, _ j: Int) -> Double {
        abs(Double(firstTimes[first[i]].unixMilliseconds) - Double(secondTimes[second[j]].unixMilliseconds))
    }

    func pairs() -> [EndMatching.Pair] {
        var pairs: [EndMatching.Pair] = []
        var (i, j) = (0, 0)
        while i < first.count, j < second.count {
            guard distance(i, j) <= limit else {
                if firstTimes[first[i]] < secondTimes[second[j]] { i += 1 } else { j += 1 }
                continue
            }
            let (endI, endJ) = groupEnd(from: i, j)
            let group = (i..<endI, j..<endJ)
            pairs +=
                group.0.count * group.1.count <= Self.maximumCells ? best(group.0, group.1) : inOrder(group.0, group.1)
            (i, j) = (endI, endJ)
        }
        return pairs
    }

    /// Where a group ends that begins here: no end of it can be matched with one after it.
    private func groupEnd(from i: Int, _ j: Int) -> (Int, Int) {
        var (endI, endJ) = (i + 1, j + 1)
        while true {
            if endI < first.count,
                distance(endI, endJ - 1) <= limit || firstTimes[first[endI]] <= secondTimes[second[endJ - 1]]
            {
                endI += 1
            } else if endJ < second.count,
                distance(endI - 1, endJ) <= limit || secondTimes[second[endJ]] <= firstTimes[first[endI - 1]]
            {
                endJ += 1
            } else {
                return (endI, endJ)
            }
        }
    }

    private func inOrder(_ mine: Range<Int>, _ theirs: Range<Int>) -> [EndMatching.Pair] {
        var pairs: [EndMatching.Pair] = []
        var (i, j) = (mine.lowerBound, theirs.lowerBound)
        while i < mine.upperBound, j < theirs.upperBound {
            if distance(i, j) <= limit {
                pairs.append(EndMatching.Pair(first: first[i], second: second[j]))
                (i, j) = (i + 1, j + 1)
            } else if firstTimes[first[i]] < secondTimes[second[j]] {
                i += 1
            } else {
                j += 1
            }
        }
        return pairs
    }

    private struct Score {
        var matched = 0
        var sum = 0.0
        func isBetter(than other: Score) -> Bool {
            matched != other.matched ? matched > other.matched : sum < other.sum
        }
    }

    /// Dynamic programming over the two rows, from their ends.
    private func best(_ mine: Range<Int>, _ theirs: Range<Int>) -> [EndMatching.Pair] {
        let width = theirs.count + 1
        var scores = Array(repeating: Score(), count: width)
        // 0: match both, 1: leave mine out, 2: leave theirs out.
        var choices = [UInt8](repeating: 1, count: mine.count * theirs.count)
        for i in mine.reversed() {
            var diagonal = scores[width - 1]
            for j in theirs.reversed() {
                let column = j - theirs.lowerBound
                let below = scores[column]
                var (score, choice) = (below, UInt8(1))
                if scores[column + 1].isBetter(than: score) { (score, choice) = (scores[column + 1], 2) }
                let apart = distance(i, j)
                if apart <= limit {
                    let matched = Score(matched: diagonal.matched + 1, sum: diagonal.sum + apart)
                    if !score.isBetter(than: matched) { (score, choice) = (matched, 0) }
                }
                scores[column] = score
                choices[(i - mine.lowerBound) * theirs.count + column] = choice
                diagonal = below
            }
        }
        var pairs: [EndMatching.Pair] = []
        var (i, j) = (mine.lowerBound, theirs.lowerBound)
        while i < mine.upperBound, j < theirs.upperBound {
            switch choices[(i - mine.lowerBound) * theirs.count + j - theirs.lowerBound] {
            case 0:
                pairs.append(EndMatching.Pair(first: first[i], second: second[j]))
                (i, j) = (i + 1, j + 1)
            case 1: i += 1
            default: j += 1
            }
        }
        return pairs
    }
}
