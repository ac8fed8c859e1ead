/// A place in the tokens of an SQL script, from which definitions are read. Steps over comments.
struct TokenCursor {
    /// The definition of a column, or a result column of a view.
    struct Item {
        var name: String
        /// The comment inside it or after it, on the line where it ends.
        var comment: String?
        /// The type of an outermost CAST.
        var castType: String?
    }

    private let tokens: [SQLToken]
    private var index: Int

    init(_ tokens: [SQLToken], at index: Int) {
        self.tokens = tokens
        self.index = index
    }

    private mutating func skipComments() {
        while index < tokens.count, tokens[index].kind == .comment { index += 1 }
    }

    /// The next token, after it.
    mutating func next() -> SQLToken? {
        skipComments()
        guard index < tokens.count else { return nil }
        defer { index += 1 }
        return tokens[index]
    }

    /// Whether the next token is this word; steps over it if so.
    mutating func take(_ word: String) -> Bool {
        skipComments()
        guard index < tokens.count, tokens[index].isWord(word) else { return false }
        index += 1
        return true
    }

    private static let constraints: Set = ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"]

    /// The columns of a CREATE TABLE, from its opening parenthesis on.
    mutating func definitions() -> [Item] {
        guard take("(") else { return [] }
        var items: [Item] = []
        while let item = item(endingAt: { $0.isWord(",") || $0.isWord(")") }, isNamedFirst: true) {
            if !Self.constraints.contains(item.name) { items.append(item) }
            if take(")") { break }
            _ = take(",")
        }
        return items
    }

    private static let clauses = ["FROM", "WHERE", "GROUP", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT", ";"]

    /// The result columns of a view, from what follows its name on.
    mutating func results() -> [Item] {
        // Up to the SELECT itself, over common table expressions.
        var depth = 0
        while let token = next(), !(depth == 0 && token.isWord("SELECT")) {
            depth += token.isWord("(") ? 1 : token.isWord(")") ? -1 : 0
        }
        _ = take("DISTINCT")
        var items: [Item] = []
        let isEnd = { (token: SQLToken) in token.isWord(",") || Self.clauses.contains { token.isWord($0) } }
        while let item = item(endingAt: isEnd, isNamedFirst: false) {
            items.append(item)
            guard take(",") else { break }
        }
        return items
    }

    /// Reads up to a token outside of parentheses that ends the item, and stays before that.
    mutating func item(endingAt isEnd: (SQLToken) -> Bool, isNamedFirst: Bool) -> Item? {
        skipComments()
        let start = index
        var depth = 0
        while index < tokens.count, depth > 0 || !isEnd(tokens[index]) {
            depth += tokens[index].isWord("(") ? 1 : tokens[index].isWord(")") ? -1 : 0
            index += 1
        }
        let words = tokens[start..<index].filter { $0.kind != .comment }
        guard let first = words.first, let last = words.last else { return nil }
        // A comment after the comma that is on the item's last line.
        let after = index + 1 < tokens.count ? tokens[index + 1] : nil
        let trailing = after?.kind == .comment && after?.lines.lowerBound == last.lines.upperBound ? after : nil
        let comment = trailing ?? tokens[start..<index].last { $0.kind == .comment }
        return Item(
            name: (isNamedFirst ? first : last).text, comment: comment?.text, castType: Self.castType(of: words))
    }

    /// Of `CAST(… AS TYPE) AS name`.
    private static func castType(of words: [SQLToken]) -> String? {
        guard words.count > 6, words[0].isWord("CAST"), words[words.count - 2].isWord("AS") else { return nil }
        let close = words.count - 3
        guard words[close].isWord(")"), words[close - 2].isWord("AS") else { return nil }
        var depth = 0
        for word in words[1..<close] {
            depth += word.isWord("(") ? 1 : word.isWord(")") ? -1 : 0
            if depth == 0 { return nil }
        }
        return words[close - 1].text.uppercased()
    }
}
