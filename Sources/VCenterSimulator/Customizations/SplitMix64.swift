import Foundation

/// A stream of pseudo-random numbers that depends only on its seed numbers, on every machine and release.
///
/// The standard library's `random(in:using:)` does not promise the same results in its next release; the demo's figures
/// must not change with the compiler. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix64 {
    private var state: UInt64

    /// A separate stream for each list of numbers; their order matters.
    init(_ parts: UInt64...) {
        state = 0
        for part in parts {
            state = Self.mix(state &+ 0x9E37_79B9_7F4A_7C15 &+ part)
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// Uniform in `[0, 1)`.
    mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in `0..<bound`; `bound` is far below 2⁶⁴, so the bias of the remainder is invisible.
    mutating func below(_ bound: Int) -> Int {
        Int(next() % UInt64(bound))
    }

    /// Whether an event of this probability happens.
    mutating func happens(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// Log-uniform between the two limits: most times are short, a few are long.
    mutating func logarithmic(from low: Double, to high: Double) -> Double {
        low * exp(unit() * log(high / low))
    }

    mutating func element<Element>(of elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
