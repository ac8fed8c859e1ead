/// What the comments of SQL scripts say about tables, views and their columns.
///
/// The comment above a `CREATE` describes the table or view; the comment on the line where a column's definition ends, or before it inside the definition, describes the
/// column.
struct SchemaComments {
    /// What the comments say about one table or view.
    struct Object {
        var isPublic: Bool
        var description: String?
        var columns: [String: Column] = [:]
    }

    struct Column {
        var description: String?
        /// The type of an outermost CAST.
        var castType: String?
    }

    /// By name; of an object that is created anew, the last one.
    private(set) var objects: [String: Object] = [:]

    /// What begins the comment above a view that auditors may rely on.
    private static let publicPrefix = "Public:"

    init(of scripts: some Sequence<String>) {
        for script in scripts { read(SQLToken.all(in: script)) }
    }

    private mutating func read(_ tokens: [SQLToken]) {
        for start in tokens.indices {
            var words = TokenCursor(tokens, at: start)
            if words.take("CREATE") {
                _ = words.take("TEMP")
                let isTable = words.take("TABLE")
                guard isTable || words.take("VIEW") else { continue }
                _ = words.take("IF") && words.take("NOT") && words.take("EXISTS")
                guard let name = words.next()?.text else { continue }
                var object = Self.object(above: start, tokens)
                for item in isTable ? words.definitions() : words.results() {
                    object.columns[item.name] = Column(description: item.comment, castType: item.castType)
                }
                objects[name] = object
            } else if words.take("ALTER"), words.take("TABLE"), let name = words.next()?.text, words.take("ADD") {
                _ = words.take("COLUMN")
                guard let item = words.item(endingAt: { $0.isWord(";") }, isNamedFirst: true) else { continue }
                objects[name]?.columns[item.name] = Column(description: item.comment)
            }
        }
    }

    /// Reads the comment lines directly above a statement.
    private static func object(above start: Int, _ tokens: [SQLToken]) -> Object {
        var lines: [String] = []
        var line = tokens[start].lines.lowerBound
        for index in tokens[..<start].indices.reversed() {
            let token = tokens[index]
            guard token.kind == .comment, token.lines.upperBound == line - 1 else { break }
            // Beside the end of the statement before.
            if index > 0, tokens[index - 1].lines.upperBound == token.lines.lowerBound { break }
            lines.append(token.text)
            line = token.lines.lowerBound
        }
        let comment = lines.reversed().joined(separator: " ")
        let isPublic = comment.hasPrefix(publicPrefix)
        let text = (isPublic ? String(comment.dropFirst(publicPrefix.count)) : comment).trimming(while: \.isWhitespace)
        let sentence = text.firstRange(of: ". ").map { String(text[..<$0.lowerBound]) } ?? text.trimming { $0 == "." }
        let shown = sentence.prefix(1).uppercased() + sentence.dropFirst()
        return Object(isPublic: isPublic, description: shown.isEmpty ? nil : shown)
    }
}
