import GuestCustomization

/// An instant in examples: seconds after Monday, 2026-11-16T08:00:00Z, which is 09:00 in Berlin.
package func at(_ seconds: Double) -> Timestamp {
    Timestamp(unixMilliseconds: 1_794_816_000_000 + Int64((seconds * 1000).rounded()))
}
