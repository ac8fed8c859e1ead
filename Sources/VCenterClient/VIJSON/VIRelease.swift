/// A release of the VI JSON API, such as `8.0.3.0`.
struct VIRelease: Hashable, Comparable, Sendable {
    let numbers: [Int]

    /// `nil` if it is not four numbers: the text becomes part of a path.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil }
        guard parts.count == 4, numbers.count == 4, text.utf8.count <= 32 else { return nil }
        self.numbers = numbers
    }

    private init(_ numbers: Int...) { self.numbers = numbers }

    /// The first release with the API.
    static let oldest = VIRelease(8, 0, 1, 0)
    /// The token of `/api/session` serves from here on.
    static let withSharedSession = VIRelease(8, 0, 3, 0)
    /// Events are paged by key from here on.
    static let withEventViews = VIRelease(9, 0, 0, 0)
    /// Those that this program speaks, the newest first.
    static let spoken = [VIRelease(9, 1, 0, 0), withEventViews, withSharedSession, VIRelease(8, 0, 2, 0), oldest]

    var text: String { numbers.map(String.init).joined(separator: ".") }

    static func < (left: VIRelease, right: VIRelease) -> Bool { left.numbers.lexicographicallyPrecedes(right.numbers) }
}
