import ArgumentParser
import GuestCustomization
import HistoryStore
import ReportRendering

struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show the size of the history, how fast it grows, and when the disk is full at that pace.",
        discussion: """
            Growth is the polls of the runs that began in the last 7 days (or since the first run, if that was later), for each day, times \
            the bytes of a poll. The bytes of a poll are the file's, less its free pages and a page for each table and index, divided by \
            all polls: so they include the answers, runs and customizations. Below one day or 1000 polls, or without a poll in the last \
            7 days, the growth is not known, and neither is when the disk will be full. Polls are counted by the runs' own figures; they are \
            not read.

            EXAMPLES
              \(calledName) stats
              \(calledName) stats --format json | jq .disk.days_until_full       null: not known
              \(calledName) stats --format json | jq -r .database_uuid           the identity of this history, for `export`
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: "The output format: table or json.")
    var format = TableOrJSON.table

    @OptionGroup var messages: MessageOptions

    func run() throws {
        let history = try database.openForReading(messages: messages)
        let size = try history.size(at: Clocks.machine.now())
        switch format {
        case .table:
            try OutputFile(path: "-").write(HistorySizeTable(.forStandardOutput).render(size, of: history.path))
        case .json: try OutputFile(path: "-").write(HistorySizeJSON().render(size, of: history.path))
        }
    }
}
