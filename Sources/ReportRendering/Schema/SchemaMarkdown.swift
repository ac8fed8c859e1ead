import GuestCustomization

/// A history's tables and views as a page in GitHub's dialect of Markdown: `docs/schema.md`.
package struct SchemaMarkdown: Sendable {
    package init() {}

    /// The whole page, ending with a line break.
    package func render(_ schema: HistorySchema) -> String {
        var page = """
            # Schema

            What a history's file contains. This page is the output of `history schema --format markdown`, made from the comments in
            `migrations/`; do not edit it.

            """
        var kind: HistorySchema.Object.Kind?
        for object in schema.objects {
            if object.kind != kind {
                let heading = SchemaWords.heading(of: object.kind)
                page += "\n## \(heading.title)\n\n\(heading.text)\n"
                kind = object.kind
            }
            page +=
                "\n### `\(object.name)`\n\n\(Self.sentence(object.description)).\n\n| column | type | what it is |\n|---|---|---|\n"
            for column in object.columns {
                page += "| `\(column.name)` | \(column.type ?? "") | \(Self.sentence(column.description)) |\n"
            }
        }
        return page
    }

    private static func sentence(_ text: String?) -> String { MarkdownText.own(text ?? SchemaWords.undocumented) }
}
