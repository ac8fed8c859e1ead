import Foundation

/// The width of a scalar in terminal columns, according to the C library.
enum DisplayWidth {
    private typealias WideCharacterWidth = @convention(c) (wchar_t) -> CInt

    /// `wcwidth`, which glibc declares only for X/Open programs, so that Swift does not import it.
    private static let wcwidth: WideCharacterWidth? = dlsym(nil, "wcwidth").map {
        unsafeBitCast($0, to: WideCharacterWidth.self)
    }
    /// The widths do not depend on the user's locale; Debian always has this one. Never freed, never changed.
    nonisolated(unsafe) private static let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)

    /// Columns of each scalar in turn: 0, 1 or 2, or -1 for one that is not known to be printable.
    static func withWidths<Result>(_ body: ((Unicode.Scalar) -> Int) -> Result) -> Result {
        // For this thread and this call only: the rest of the program keeps its locale.
        let previous = uselocale(locale)
        defer { uselocale(previous) }
        return body { scalar in
            if (0x20..<0x7F).contains(scalar.value) { return 1 }
            return wcwidth.map { Int($0(wchar_t(scalar.value))) } ?? -1
        }
    }
}
