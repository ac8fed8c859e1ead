import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import ReportRendering

struct SQL: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql",
        abstract: "Run one read-only SQL query on the history.",
        discussion: """
            SQLite itself refuses everything that does not only read. It also works while a collection run writes; all rows are \
            of one instant. `\(calledName) schema` shows the views and their columns.

            EXAMPLES
              \(calledName) sql --examples                                what auditors ask, ready to be pasted
              \(calledName) sql 'SELECT * FROM latest_error WHERE recovered_at IS NULL'
              \(calledName) sql 'SELECT * FROM poll_history' --format ndjson | gzip > polls.ndjson.gz
              \(calledName) sql - --format csv --timeout 5m < query.sql

            In a table, the first 500 rows decide how wide the columns are, and a longer text is shortened; if the columns do not \
            fit, each value gets a line of its own. A BLOB is x'…' in table and csv, hexadecimal digits in json. In csv, NULL is an \
            empty cell, a text is cut after 32,000 characters, and a text that a spreadsheet would run as a formula is prefixed with '. \
            json and ndjson cut nothing; an infinite number is 9e999. A value may have 16 MiB.
            """)

    @Argument(help: ArgumentHelp("The query; - reads it from standard input.", valueName: "query"))
    var query: String?

    @OptionGroup var database: DatabaseOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, ndjson, csv
    }

    @Option(help: "The output format: table, json (an array of objects), ndjson (an object on each line) or csv.")
    var format = Format.table

    @Option(
        help: ArgumentHelp(
            "How long the query may take, with the time that its reader takes: \(Duration.grammar) (default: as long as it takes).",
            valueName: "duration"))
    var timeout: DurationArgument?

    @Flag(help: "Print questions that auditors ask, as commands, and nothing else.")
    var examples = false

    @OptionGroup var messages: MessageOptions

    /// In bytes; SQLite accepts no longer statement.
    private static let maximumLength = 1_000_000

    func validate() throws {
        guard examples != (query != nil) else {
            throw ValidationError(
                examples
                    ? "--examples takes no query." : "give a query, - to read it from standard input, or --examples.")
        }
    }

    func run() throws {
        guard let query else {
            let examples = QueryExample.all.map { "# \($0.question)\n\(calledName) sql \"\($0.sql)\"\n" }
            try OutputFile(path: "-").write(examples.joined(separator: "\n"))
            return
        }
        let sql = query == "-" ? try InputText("-", of: "query", upTo: Self.maximumLength).text : query
        let history = try database.openForReading(messages: messages)
        var output = QueryOutput(renderer: renderer)
        try history.query(
            sql, timeout: timeout?.duration, head: { try output.head($0) }, row: { try output.row($0) })
        try output.end()
        try history.close()
    }

    private var renderer: any QueryRenderer {
        switch format {
        case .table:
            let table = TableRenderer.forStandardOutput
            return QueryTable(width: table.width, colors: table.colors)
        case .json: return QueryJSON(isArray: true)
        case .ndjson: return QueryJSON(isArray: false)
        case .csv: return QueryCSV()
        }
    }
}
