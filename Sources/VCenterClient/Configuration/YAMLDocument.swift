import Yams

/// The one document of a configuration file, parsed within bounds.
enum YAMLDocument {
    /// More than a thousand vCenters fit in.
    static let largest = 1024 * 1024

    /// A few of them spare an operator repetition; a long chain of them is how a small file becomes a huge value.
    private static let mostAliases = 32

    static func root(of bytes: [UInt8], path: String) throws(ConfigurationError) -> Node {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(.configuration, "\(path): it is not UTF-8; write it again in UTF-8")
        }
        guard aliases(in: text) <= mostAliases else {
            throw ConfigurationError(
                .configuration,
                "\(path): it has more than \(mostAliases) aliases (*NAME); write shared settings under defaults, and names that begin"
                    + " with * in quotes")
        }
        guard !mayAliasKeys(text) else {
            throw ConfigurationError(
                .configuration,
                "\(path): an alias (*NAME) is or may be part of a key; write the key as a word, without ? and without an alias"
            )
        }
        let root: Node?
        do {
            // The encoding is named because the parser would otherwise look for it in the environment and tell stdout of it.
            root = try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch {
            throw refusal(error, path: path)
        }
        guard let root, root.null == nil else {
            throw ConfigurationError(
                .configuration,
                "\(path): it is empty\(ServiceCredential.hint(onFile: path, holding: bytes)); begin with vcenters: and a list of them"
            )
        }
        return root
    }

    /// How many aliases a text can have at most, seen without parsing it.
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

    /// What may stand before an alias: blanks and signs, and the last bytes of a byte order mark.
    private static let beginsWord = Set(" \t[{,:-?".utf8 + [0xBF])

    /// The lines of a text that are no comments, as the parser knows lines: it ends them at CR, NEL, LS and PS too.
    private static func lines(of text: String) -> [Substring.UTF8View] {
        text.unicodeScalars.split { ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0) }
            .map { Substring($0).utf8.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
            .filter { $0.first != UInt8(ascii: "#") }
    }

    /// Whether a text with aliases has a key that is one or may hold one, seen without parsing it.
    ///
    /// The parser compares keys with one another, and goes through all that they hold as often as aliases have it stand there.
    private static func mayAliasKeys(_ text: String) -> Bool {
        guard aliases(in: text) > 0 else { return false }
        return lines(of: text).contains { line in
            let isExplicit = line.drop { "- ".utf8.contains($0) }.first == UInt8(ascii: "?")
            var before = UInt8(ascii: " ")
            var lastSign = before
            var isInAlias = false
            // What ended last: an alias or a bracket, blanks after it left out.
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

    /// What to do about `"CORP\user"`.
    static let backslashRemedy = "in double quotes a backslash begins an escape: drop the quotes, or use single ones"

    /// The parser's own descriptions quote the file, over several lines.
    private static func refusal(_ error: any Error, path: String) -> ConfigurationError {
        func refusal(_ line: Int?, _ problem: String) -> ConfigurationError {
            let hint =
                if problem.contains("alias") {
                    "; put a name that begins with * in quotes"
                } else if problem.contains("escape") || problem.contains("expected hexdecimal number") {
                    // As in "CORP\user": the parser takes \u for the begin of a character's number.
                    "; \(backslashRemedy)"
                } else {
                    ""
                }
            return ConfigurationError(
                .configuration, "\(path):\(line.map { "\($0):" } ?? "") it is not YAML: \(problem.shown())\(hint)")
        }
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return refusal(mark.line, [context?.text, problem].compactMap(\.self).joined(separator: ", "))
        case .duplicatedKeysInMapping(let duplicates, let context):
            return YAMLSection.refusal(
                path, context.mark.line,
                "the key \(duplicates.joined(separator: ", ").shown()) is given twice; remove one")
        case .reader(let problem, _, _, _): return refusal(nil, problem)
        default: return refusal(nil, "the parser gave up")
        }
    }
}
