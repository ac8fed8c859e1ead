/// The signs used in text for people: marks, bars, dashes and ellipses.
///
/// The executable sets it once, by the locale, for all its output (`withValue`), so that cron's mail, which usually has no locale, is
/// not full of question marks. Texts from VMs and guests are not changed.
package enum TerminalSigns: Hashable, Sendable {
    case unicode
    case ascii

    /// The signs in use; Unicode unless the executable has set others.
    @TaskLocal package static var current = TerminalSigns.unicode

    /// Chooses by the locale, in POSIX's order of precedence. Source: POSIX.1-2017, Base Definitions §8.2.
    package init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        self = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) } ? .unicode : .ascii
    }

    /// The sign for the missing part of a text, in at most this many columns.
    func ellipsis(upTo columns: Int) -> String {
        self == .unicode ? "…" : String(repeating: ".", count: min(3, columns))
    }

    /// A text with its signs replaced by ones that the terminal has.
    func text(_ text: String) -> String {
        self == .unicode ? text : text.replacingScalars { Self.replacements[$0] }
    }

    private static let replacements: [Unicode.Scalar: String] = [
        "…": "...", "–": "-", "—": "-", "−": "-", "✓": "+", "✗": "x", "·": ".", "└": "`-", "█": "#", "▉": "#", "▊": "#",
        "▋": "#", "▌": "-", "▍": "-", "▎": "-", "▏": "-", "░": ".", "‘": "'", "’": "'", "“": "\"", "”": "\"", "×": "x",
        "≥": ">=", "≤": "<=", "→": "->",
    ]
}
