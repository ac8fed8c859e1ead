import Foundation

/// Adjusts the p-values of many tests, so that of all reported findings only a given share is expected to be due to chance.
///
/// Source: Y. Benjamini and Y. Hochberg, "Controlling the False Discovery Rate", J. R. Statist. Soc. B 57 (1995).
package enum FalseDiscoveryRate {
    /// The adjusted values, in the order of the p-values, both as natural logarithms.
    package static func adjusted(logPValues: [Double]) -> [Double] {
        var adjusted = logPValues
        var least = 0.0
        let ascending = logPValues.indices.sorted { logPValues[$0] < logPValues[$1] }
        for (rank, index) in ascending.enumerated().reversed() {
            least = min(least, logPValues[index] + log(Double(logPValues.count) / Double(rank + 1)))
            adjusted[index] = least
        }
        return adjusted
    }
}
