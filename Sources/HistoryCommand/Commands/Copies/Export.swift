import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import ReportRendering

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export customizations or polls as NDJSON or CSV, or all of them as a script that fills PostgreSQL.",
        discussion: """
            Rows have the columns of the views customization_history or, with --polls, poll_history, and come VM by VM or run by run; \
            what is 1 or 0 there is true or false. Polls of a run that is still running are left out; the run is exported when it has \
            ended. Without --since and --until there is no limit; the window is that of the polls, and of customizations as in a report (see `report --explain`).

            --after CURSOR exports what is new: the polls of the runs after that one, and every customization that may have changed \
            since. If runs were still running, the cursor names them too: 42,40 is "up to run 42, except run 40". --verbose \
            tells the cursor for the next export; a warehouse keeps it.

            --format postgresql writes a script for psql, with both customizations and polls. It makes the schema customization_history \
            if there is none: tables keyed by the UUID of each history, and the views poll_history, customization_history, latest_error \
            and collection_run_history with the column database_uuid. Many sites can feed one warehouse, again and again: everything is \
            one transaction, a script applied twice changes nothing, and one that would leave runs out is refused. After \
            `merge`, `vcenter merge` or `rebuild`, export once without --after.

            The history is read in pieces, each in a transaction of its own and each of whole runs: however long the reader takes, a run \
            can go on, and its log (-wal) does not grow.

            EXAMPLES
              \(calledName) export --format csv --output customizations.csv
              \(calledName) export --format ndjson --polls --since 7d | jq -r 'select(.result != "reported") | .vm_name'
              uuid=$(\(calledName) stats --format json | jq -r .database_uuid)
              cursor="SELECT cursor FROM customization_history.database WHERE uuid = '$uuid'"
              \(calledName) export --format postgresql --after "$(psql -XAtc "$cursor")" | psql -X

            The first time, psql says that there is no such table; the cursor is then empty, and everything is exported.

            --since and --until take \(ReportWindow.grammar).
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case ndjson, csv, postgresql
    }

    @Option(
        help:
            "The format: ndjson (one JSON object on each line), csv (a text that a spreadsheet would run as a formula is prefixed with '), or postgresql (a script for psql)."
    )
    var format: Format

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Export polls instead of customizations; postgresql always has both.")
    var polls = false

    @Option(help: ArgumentHelp("The start of the window (default: no limit).", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("The end of the window, exclusive (default: no limit).", valueName: "time"))
    var until: String?

    @Option(
        help: ArgumentHelp("Export what is new since an export up to this run; empty: everything.", valueName: "cursor")
    )
    var after: String?

    @Option(
        help: ArgumentHelp("The file to write, completely or not at all; - is standard output.", valueName: "file"))
    var output = "-"

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if let after, !after.isEmpty, ExportCursor(after) == nil {
            throw ValidationError(
                "--after \(after): give the number of a run or, if others were still running, a list such as 42,40.")
        }
        if format == .postgresql, since != nil || until != nil {
            throw ValidationError(
                "a warehouse is complete, so \(since != nil ? "--since" : "--until") is not for postgresql.")
        }
    }

    func run() throws {
        let history = try database.openForReading(messages: messages)
        let now = Clocks.machine.now()
        let selection = try selection(in: history, now: now)
        let file = OutputFile(path: output, history: history.path)
        switch format {
        case .postgresql:
            let head = WarehouseScript.Head(
                database: try history.uuid(), after: selection.after, through: selection.through, exportedAt: now,
                toolVersion: toolVersion)
            try file.stream { try WarehouseExport(history: history, selection: selection).write(head, $0) }
        case .ndjson, .csv:
            try file.stream { try writeLines(of: history, selection, $0) }
            tellNext(selection.through)
        }
    }

    private func tellNext(_ cursor: ExportCursor) {
        let open: [String] = polls ? cursor.open.map { "run \($0)" } : []
        guard !open.isEmpty else {
            return messages.say(.info, "the next export begins with --after \(cursor, as: "cursor")")
        }
        messages.say(
            .notice,
            "left out what is still running: \(open, as: "runs"); the next export includes it with --after \(cursor, as: "cursor")"
        )
    }

    private func writeLines(
        of history: HistoryDatabase, _ selection: ExportSelection, _ write: (String) throws -> Void
    ) throws {
        let table: ExportedTable = polls ? .pollHistory : .customizationHistory
        let columns = history.columns(of: table)
        if format == .csv {
            try write(CSVRows().header(columns))
            try history.export(table, selection) { try write(CSVRows().text(of: $0)) }
        } else {
            let lines = NDJSONRows(columns: columns)
            try history.export(table, selection) { try write(lines.text(of: $0)) }
        }
    }

    private func selection(in history: HistoryDatabase, now: Timestamp) throws -> ExportSelection {
        let through = try history.exportCursor()
        let after = after.flatMap(ExportCursor.init)
        if let after, after.latest > through.latest {
            throw HistoryError(
                .usage, about: "--after \(after)",
                "the latest run of \(history.path) is \(through.latest): this is another history, or an older copy was restored",
                advice: "export once without --after")
        }
        var selection = ExportSelection(after: after, through: through)
        guard since != nil || until != nil else { return selection }
        let window = try ReportWindow(
            since: since ?? "0001-01-02", until: until ?? "now", now: now, timeZone: .current)
        selection.since = since == nil ? nil : window.since
        selection.until = until == nil ? nil : window.until
        return selection
    }
}
