import GuestCustomization
import Yams

/// The single document of a configuration file, parsed within bounds.
enum YAMLDocument {
    /// Bytes. Enough for more than a thousand vCenters.
    static let maximumSize = 1024 * 1024

    /// A few aliases save an operator repetition; a long chain of them turns a small file into a huge value.
    private static let maximumAliases = 32

    static func root(of bytes: [UInt8], path: String) throws(HistoryError) -> Node {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw HistoryError(.configuration, about: path, "it is not UTF-8", advice: "save it as UTF-8")
        }
        guard aliases(in: text) <= maximumAliases else {
            throw HistoryError(
                .configuration, about: path, "it has more than \(maximumAliases) aliases (*NAME)",
                advice: "write shared settings under defaults, and names that begin with * in quotes")
        }
        guard !mayAliasKeys(text) else {
            throw HistoryError(
                .configuration, about: path, "a key contains or may contain an alias (*NAME)",
                advice: "write the key as a plain word, without ? or an alias")
        }
        let root: Node?
        do {
            // The encoding is given because the parser would otherwise look for it in the environment and report it on stdout.
            root = try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch {
            throw refusal(error, path: path)
        }
        guard let root, root.null == nil else {
            throw HistoryError(
                .configuration, about: path, "it is empty\(ServiceCredential.hint(onFile: path, holding: bytes))",
                advice: "begin with vcenters: and a list of them")
        }
        return root
    }

    /// The maximum number of aliases in a text, counted without parsing it.
    private static func aliases(in text: String) -> Int {
        var count = 0
        for line in lines(of: text) {
            var before = UInt8(ascii: " ")
            for byte in line {
                if byte == UInt8(ascii: "*"), beginsWord.contains(before) { count += 1 }
                before = byte
            }
        }
        return count
    }

    /// The bytes that may precede an alias: blanks, indicators, and the last byte of a byte order mark.
    private static let beginsWord = Set(" \t[{,:-?".utf8 + [0xBF])

    /// The lines of a text that are not comments. Like the parser, it also ends lines at CR, NEL, LS and PS.
    private static func lines(of text: String) -> [Substring.UTF8View] {
        text.unicodeScalars.split { ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0) }
            .map { Substring($0).utf8.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
            .filter { $0.first != UInt8(ascii: "#") }
    }

    /// Whether a text has a key that is or may contain an alias, checked without parsing it.
    ///
    /// The parser compares keys with one another, and walks everything in them once for each alias.
    private static func mayAliasKeys(_ text: String) -> Bool {
        guard aliases(in: text) > 0 else { return false }
        return lines(of: text).contains { line in
            let isExplicit = line.drop { "- ".utf8.contains($0) }.first == UInt8(ascii: "?")
            var before = UInt8(ascii: " ")
            var lastSign = before
            var isInAlias = false
            // Whether an alias or a bracket just ended, apart from blanks.
            var mayBeKey = false
            for byte in line {
                switch byte {
                case UInt8(ascii: "*") where beginsWord.contains(before): isInAlias = true
                case UInt8(ascii: " "), UInt8(ascii: "\t"):
                    if isInAlias { mayBeKey = true }
                    isInAlias = false
                case UInt8(ascii: ":") where mayBeKey || isInAlias: return true
                case UInt8(ascii: "?") where "[{,".utf8.contains(lastSign): return true
                default: mayBeKey = byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
                }
                before = byte
                if byte > UInt8(ascii: " ") { lastSign = byte }
            }
            return isExplicit
        }
    }

    /// The advice for `"CORP\user"`.
    static let backslashRemedy = "a backslash in double quotes starts an escape: drop the quotes, or use single quotes"

    /// The parser's own descriptions quote the file over several lines, so they are not used.
    private static func refusal(_ error: any Error, path: String) -> HistoryError {
        func refusal(_ line: Int?, _ problem: String) -> HistoryError {
            let hint =
                if problem.contains("alias") {
                    "; put a name that begins with * in quotes"
                } else if problem.contains("escape") || problem.contains("expected hexdecimal number") {
                    // As in "CORP\user": the parser takes \u for the start of a character's number.
                    "; \(backslashRemedy)"
                } else {
                    ""
                }
            return HistoryError(
                .configuration, "\(path):\(line.map { "\($0):" } ?? "") it is not YAML: \(problem.shown())\(hint)")
        }
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return refusal(mark.line, [context?.text, problem].compactMap(\.self).joined(separator: ", "))
        case .duplicatedKeysInMapping(let duplicates, let context):
            return YAMLSection.refusal(
                path, context.mark.line,
                "the key \(duplicates.joined(separator: ", ").shown()) appears twice; remove one")
        case .reader(let problem, _, _, _): return refusal(nil, problem)
        default: return refusal(nil, "the parser gave up")
        }
    }
}
