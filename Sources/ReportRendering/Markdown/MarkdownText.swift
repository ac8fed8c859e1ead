/// Texts in Markdown, in GitHub's dialect, which most programs understand.
enum MarkdownText {
    /// A text of this program's own, in which backticks are kept: they enclose commands.
    static func own(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            index.isMultiple(of: 2) ? escaped(String(part)) : "`\(part)`"
        }.joined()
    }

    /// Escapes a text so that a Markdown processor shows it literally.
    ///
    /// Backslash escapes and character references are never structure (CommonMark 0.31 §2.4 and §2.5). Mentions, references to
    /// issues and bare links are recognized in the rendered text, so only an invisible character in them (U+200B, as Dependabot
    /// uses it) keeps them from becoming links and from notifying people.
    static func escaped(_ text: String, upTo limit: Int = 1000) -> String {
        var previous: [Unicode.Scalar] = []
        return text.visible(upTo: limit).replacingScalars { scalar in
            defer { previous = previous.suffix(2) + [scalar] }
            switch scalar {
            case "&": return "&amp;"
            case "<": return "&lt;"
            case ">": return "&gt;"
            case "|": return "&#124;"
            case "@": return "@&#8203;"
            case "#": return "#&#8203;"
            case "-": return endsWithGH(previous) ? "-&#8203;" : nil
            case "!": return "!&#8203;"
            case "/": return previous.last == ":" ? "&#8203;/" : nil
            case ".": return String(String.UnicodeScalarView(previous)).lowercased() == "www" ? "&#8203;." : nil
            case "`": return "&#96;"
            case "\\", "*", "_", "[", "]", "~", "$": return "\\" + String(scalar)
            default: return nil
            }
        }
    }

    /// Whether `GH` is the latest word: GitHub reads `GH-26` as a reference to an issue.
    private static func endsWithGH(_ previous: [Unicode.Scalar]) -> Bool {
        let word = previous.reversed().prefix { $0.properties.isAlphabetic }
        return String(String.UnicodeScalarView(word)).lowercased() == "hg"
    }
}
