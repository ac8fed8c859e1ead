/// The interval in which a true rate lies with a confidence of 95 %, estimated from a few trials.
///
/// One failure in one customization is a rate of 100 % but says little: the interval is 21 % to 100 %.
/// Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927), the score
/// interval without continuity correction.
package struct WilsonInterval: Hashable, Sendable {
    /// 0…1, at or below the observed rate.
    package var lower: Double
    /// 0…1, at or above the observed rate.
    package var upper: Double

    /// The interval of `count` out of `trials`; `nil` without trials.
    package init?(_ count: Int, of trials: Int) {
        guard trials > 0 else { return nil }
        let n = Double(trials)
        let rate = Double(count) / n
        let z = 1.959963984540054  // the 97.5th percentile of the normal distribution
        let centre = rate + z * z / (2 * n)
        let spread = z * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        // At 0 and at 1 the bound equals the rate; rounding must not move it past the rate.
        lower = min(max((centre - spread) / scale, 0), rate)
        upper = max(min((centre + spread) / scale, 1), rate)
    }
}
