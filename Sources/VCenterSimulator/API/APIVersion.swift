/// A release of vCenter's API, compared number by number: `7.0.3.0` is later than `7.0.0`, and `9.0` equals `9.0.0.0`.
struct APIVersion: Comparable {
    private let numbers: [Int]

    /// A part that is not a number counts as 0.
    init(_ text: String) {
        let parts = text.split(separator: ".").map { Int($0) ?? 0 }
        numbers = parts + Array(repeating: 0, count: max(0, 4 - parts.count))
    }

    static func < (left: APIVersion, right: APIVersion) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    /// `guest/customization` was added in 7.0.0.0.
    var hasCustomization: Bool { self >= APIVersion("7.0.0.0") }
    /// Its status `IDLE` was added in 7.0.3.0.
    var hasIdle: Bool { self >= APIVersion("7.0.3.0") }
    /// The vim25 API as JSON was added in 8.0 U1.
    var hasVIJSON: Bool { self >= APIVersion("8.0.1.0") }
    /// `POST /api/vcenter/system?action=hello` was added in 8.0 U2.
    var hasHello: Bool { self >= APIVersion("8.0.2.0") }
    /// From 8.0 U3 on, a session of `/api` serves `/sdk` and the other way round.
    var sharesSessions: Bool { self >= APIVersion("8.0.3.0") }
    /// `eventViewSpec` was added in 9.0.0.0.
    var hasEventView: Bool { self >= APIVersion("9.0.0.0") }
    /// `guest/customization-live` was added in 9.0.0.0.
    var hasCustomizationLive: Bool { self >= APIVersion("9.0.0.0") }
}
