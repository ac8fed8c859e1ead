import Glibc

/// A shell pattern for names: `*`, `?` and `[…]`.
///
/// A name that contains pattern characters also matches itself literally. A name copied from the API, with its escapes, matches the
/// decoded name.
package struct NameGlob: Hashable, Sendable {
    /// The pattern as it was given.
    package let pattern: String
    private let meanings: [String]
    private let patterns: [GlobPattern]

    /// Any text is a pattern.
    package init(_ pattern: String) {
        self.pattern = pattern
        meanings = InventoryName.meanings(of: pattern)
        patterns = meanings.map(GlobPattern.init)
    }

    /// Whether the pattern matches a name as people see it or as the API writes it.
    package func matches(_ name: InventoryName) -> Bool {
        name.raw == pattern || matches(name.shown)
    }

    /// - Parameter name: A managed object id, or a name as people see it.
    package func matches(_ name: String) -> Bool {
        if meanings.contains(name) { return true }
        // In cron's locale, `?` would match one byte of a character.
        let former = uselocale(Self.utf8)
        defer { uselocale(former) }
        return patterns.contains { $0.matches(name) }
    }

    /// `nil` on a system that lacks it: the process's own locale is used then. Never changed, so safe to share.
    private nonisolated(unsafe) static let utf8 = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)
}
