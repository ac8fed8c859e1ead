import Foundation

/// Fisher's exact test, one-sided: how likely so many failures or more would be in a group if it failed no more often than the rest.
///
/// The hypergeometric probability is the quotient of three binomial ones, each by C. Loader's saddle-point expansion ("Fast and Accurate
/// Computation of Binomial Probabilities", 2000): log-gamma would lose half the digits at ten million. The tail is summed by
/// the ratio of neighbouring terms, from its largest term.
package enum FisherExactTest {
    /// Failed out of finished.
    package struct Counts: Hashable, Sendable {
        /// Customizations that failed.
        package var failed: Int
        /// Customizations that failed or succeeded.
        package var finished: Int

        /// `failed` is from 0 to `finished`.
        package init(failed: Int, finished: Int) {
            precondition(0 <= failed && failed <= finished)
            self.failed = failed
            self.finished = finished
        }

        /// The counts of two groups together.
        package static func + (left: Counts, right: Counts) -> Counts {
            Counts(failed: left.failed + right.failed, finished: left.finished + right.finished)
        }
    }

    /// The natural logarithm of the p-value; finite also where the p-value is too small for a `Double`.
    package static func logPValue(_ group: Counts, rest: Counts) -> Double {
        let all = group + rest
        let lowest = max(0, all.failed - rest.finished)
        guard group.failed > lowest else { return 0 }
        let mean = Double(group.finished) * Double(all.failed) / Double(all.finished)
        if Double(group.failed) > mean {
            return min(0, logProbability(group.failed, group, all) + log(upperSum(from: group.failed, group, all)))
        }
        let below = group.failed - 1
        let complement = exp(logProbability(below, group, all)) * lowerSum(from: below, group, all)
        return log1p(-min(complement, 1))
    }

    /// The sum of the probabilities of `start` and more, as a multiple of that of `start`.
    private static func upperSum(from start: Int, _ group: Counts, _ all: Counts) -> Double {
        var (sum, term) = (1.0, 1.0)
        var failed = Double(start)
        let (size, failures, total) = (Double(group.finished), Double(all.failed), Double(all.finished))
        while failed < min(size, failures) {
            term *= (size - failed) * (failures - failed) / ((failed + 1) * (total - failures - size + failed + 1))
            sum += term
            guard term > sum * 1e-17 else { break }
            failed += 1
        }
        return sum
    }

    /// The sum of the probabilities of `start` and fewer, as a multiple of that of `start`.
    private static func lowerSum(from start: Int, _ group: Counts, _ all: Counts) -> Double {
        var (sum, term) = (1.0, 1.0)
        var failed = Double(start)
        let (size, failures, total) = (Double(group.finished), Double(all.failed), Double(all.finished))
        while failed > max(0, failures - (total - size)) {
            term *= failed * (total - failures - size + failed) / ((size - failed + 1) * (failures - failed + 1))
            sum += term
            guard term > sum * 1e-17 else { break }
            failed -= 1
        }
        return sum
    }

    private static func logProbability(_ failed: Int, _ group: Counts, _ all: Counts) -> Double {
        let rate = Double(all.failed) / Double(all.finished)
        return logBinomial(failed, of: group.finished, rate)
            + logBinomial(all.failed - failed, of: all.finished - group.finished, rate)
            - logBinomial(all.failed, of: all.finished, rate)
    }

    private static func logBinomial(_ count: Int, of trials: Int, _ rate: Double) -> Double {
        let (x, n) = (Double(count), Double(trials))
        if count == 0 { return trials == 0 ? 0 : n * log1p(-rate) }
        if count == trials { return n * log(rate) }
        return stirlingError(n) - stirlingError(x) - stirlingError(n - x) - deviance(x, n * rate)
            - deviance(n - x, n * (1 - rate)) + 0.5 * log(n / (2 * Double.pi * x * (n - x)))
    }

    /// `log(n!)` minus Stirling's approximation of it.
    private static func stirlingError(_ n: Double) -> Double {
        if n <= 15 { return lgamma(n + 1) - (n + 0.5) * log(n) + n - 0.5 * log(2 * Double.pi) }
        let square = n * n
        return (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / square) / square) / square) / square)
            / n
    }

    /// `x log(x / mean) + mean − x`, without cancellation where both are close.
    private static func deviance(_ x: Double, _ mean: Double) -> Double {
        guard abs(x - mean) < 0.1 * (x + mean) else { return x * log(x / mean) + mean - x }
        let v = (x - mean) / (x + mean)
        var sum = (x - mean) * v
        var term = 2 * x * v
        for j in 1..<1000 {
            term *= v * v
            let next = sum + term / Double(2 * j + 1)
            if next == sum { break }
            sum = next
        }
        return sum
    }
}
