import Glibc

/// A pattern on names, as a shell has them: `*`, `?` and `[…]`.
///
/// A name may hold the characters of a pattern; given as it is, it means itself. A name that was copied from the API, escapes and all,
/// means what it stands for.
package struct NameGlob: Hashable, Sendable {
    package let pattern: String
    private let meanings: [String]
    private let patterns: [GlobPattern]

    package init(_ pattern: String) {
        self.pattern = pattern
        meanings = InventoryName.meanings(of: pattern)
        patterns = meanings.map(GlobPattern.init)
    }

    package func matches(_ name: InventoryName) -> Bool {
        name.raw == pattern || matches(name.shown)
    }

    /// - Parameter name: A managed object id, or a name as people see it.
    package func matches(_ name: String) -> Bool {
        if meanings.contains(name) { return true }
        // In the locale that cron leaves, `?` would stand for one byte of a character.
        let former = uselocale(Self.utf8)
        defer { uselocale(former) }
        return patterns.contains { $0.matches(name) }
    }

    /// `nil` on a system that lacks it: the process's own locale then stays. Never changed, so safe to share.
    private nonisolated(unsafe) static let utf8 = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)
}
