/// Which signs text for people has: marks, bars, dashes and what stands for a text that was cut.
///
/// The executable sets it once, by the locale, for all that it says (`withValue`), so that cron's mail, which most often has
/// no locale, is not full of question marks. What VMs and guests say is shown as it is.
package enum TerminalSigns: Hashable, Sendable {
    case unicode
    case ascii

    @TaskLocal package static var current = TerminalSigns.unicode

    /// For a locale by POSIX's order of precedence. Source: POSIX.1-2017, Base Definitions §8.2.
    package init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        self = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) } ? .unicode : .ascii
    }

    /// What stands for the missing part of a text, in at most so many columns.
    func ellipsis(upTo columns: Int) -> String {
        self == .unicode ? "…" : String(repeating: ".", count: min(3, columns))
    }

    /// A text with signs that every terminal has.
    func text(_ text: String) -> String {
        self == .unicode ? text : text.replacingScalars { Self.replacements[$0] }
    }

    private static let replacements: [Unicode.Scalar: String] = [
        "…": "...", "–": "-", "—": "-", "−": "-", "✓": "+", "✗": "x", "·": ".", "└": "`-", "█": "#", "▉": "#", "▊": "#",
        "▋": "#", "▌": "-", "▍": "-", "▎": "-", "▏": "-", "░": ".", "‘": "'", "’": "'", "“": "\"", "”": "\"", "×": "x",
        "≥": ">=", "≤": "<=", "→": "->",
    ]
}
