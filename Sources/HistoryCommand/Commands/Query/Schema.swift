import ArgumentParser
import GuestCustomization
import HistoryStore
import ReportRendering

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Show every table, view and column of a history, with one line on each.",
        discussion: """
            Needs no history. The public views come first: their names and columns do not change.

            EXAMPLES
              \(calledName) schema | less
              \(calledName) schema --format json | jq -r '.objects[] | select(.is_public) | .name'
              \(calledName) schema --format duckdb > views.sql     typed views, for DuckDB's SQLite scanner
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, markdown, json, duckdb
    }

    @Option(
        help:
            "The output format: text, markdown, json, or duckdb: a script that makes the public views in DuckDB, with their types."
    )
    var format = Format.text

    func run() throws {
        let schema = try HistorySchema.current()
        let table = TableRenderer.forStandardOutput
        let text =
            switch format {
            case .text: SchemaText(width: table.width, colors: table.colors).render(schema)
            case .markdown: SchemaMarkdown().render(schema)
            case .json: SchemaJSON().render(schema)
            case .duckdb: SchemaDuckDB().render(schema)
            }
        try OutputFile(path: "-").write(text)
    }
}
