import Foundation

/// How many columns of a terminal the C library gives to a scalar.
enum DisplayWidth {
    private typealias WideCharacterWidth = @convention(c) (wchar_t) -> CInt

    /// `wcwidth`, which glibc declares for X/Open programs only, so that Swift's import of it has no such function.
    private static let wcwidth: WideCharacterWidth? = dlsym(nil, "wcwidth").map {
        unsafeBitCast($0, to: WideCharacterWidth.self)
    }
    /// The widths do not depend on the user's locale; Debian always has this one. Never freed, never changed.
    nonisolated(unsafe) private static let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)

    /// Columns of each scalar in turn: 0, 1 or 2, or -1 for one that is not known to be printable.
    static func withWidths<Result>(_ body: ((Unicode.Scalar) -> Int) -> Result) -> Result {
        // Of this thread only, and only for now: the rest of the program keeps its own.
        let previous = uselocale(locale)
        defer { uselocale(previous) }
        return body { scalar in
            if (0x20..<0x7F).contains(scalar.value) { return 1 }
            return wcwidth.map { Int($0(wchar_t(scalar.value))) } ?? -1
        }
    }
}
