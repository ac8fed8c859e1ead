import GuestCustomization

/// A piece of an SQL script.
///
/// Our own: SQLite's tokenizer is not part of its interface, and keeps no comments.
struct SQLToken {
    enum Kind {
        case word, text, symbol, comment
    }

    var kind: Kind
    /// Without quotation marks; of a comment without its dashes.
    var text: String
    /// The lines on which it begins and ends, from 0.
    var lines: ClosedRange<Int>

    /// Whether it is this keyword or symbol.
    func isWord(_ word: String) -> Bool { (kind == .word || kind == .symbol) && text.uppercased() == word }

    /// The tokens of a script of ours, comments included, white space left out.
    static func all(in script: String) -> [SQLToken] {
        var tokens: [SQLToken] = []
        var rest = Substring(script)
        var line = 0
        while let first = rest.first {
            let (kind, length) = next(in: rest, first)
            let piece = rest.prefix(length)
            let last = line + piece.count { $0 == "\n" }
            if let kind {
                tokens.append(SQLToken(kind: kind, text: bare(piece, kind, first), lines: line...last))
            }
            line = last
            rest = rest.dropFirst(length)
        }
        return tokens
    }

    /// The kind of the next piece, `nil` for white space, and its length.
    private static func next(in rest: Substring, _ first: Character) -> (Kind?, length: Int) {
        if first.isWhitespace { return (nil, 1) }
        if rest.hasPrefix("--") { return (.comment, rest.prefix { $0 != "\n" }.count) }
        if rest.hasPrefix("/*") {
            return (
                .comment,
                rest.firstRange(of: "*/").map { rest.distance(from: rest.startIndex, to: $0.upperBound) } ?? rest.count
            )
        }
        if "'\"`".contains(first) {
            return (first == "'" ? .text : .word, rest.dropFirst().prefix { $0 != first }.count + 2)
        }
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }.count
        return word > 0 ? (.word, word) : (.symbol, 1)
    }

    private static func bare(_ piece: Substring, _ kind: Kind, _ first: Character) -> String {
        switch kind {
        case .comment: String(piece).trimming { "-/* ".contains($0) }
        case .text: String(piece.dropFirst().dropLast())
        case .word: "\"`".contains(first) ? String(piece.dropFirst().dropLast()) : String(piece)
        case .symbol: String(piece)
        }
    }
}
