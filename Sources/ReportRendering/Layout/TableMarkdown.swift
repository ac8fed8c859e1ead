extension Table {
    /// The table in GitHub's flavour of Markdown.
    var markdown: String {
        let heads = columns.map(\.title)
        let rule = columns.map { $0.alignment == .right ? "---:" : "---" }
        let rows = items.map { item in
            columns.map { column in
                let cell = column.cell(item)
                return cell.isMarkdown ? cell.text : MarkdownText.escaped(cell.text)
            }
        }
        return ([heads, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
