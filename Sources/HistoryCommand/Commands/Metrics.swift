import ArgumentParser
import GuestCustomization
import HistoryStore
import ReportRendering

struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write figures for Prometheus, such as failure ratio, durations and the last good run.",
        discussion: """
            Counters and the histogram of durations are of the whole history, for rate() and histogram_quantile(); the other \
            figures are of the window. For node_exporter's textfile collector, run it after each `collect`.

            EXAMPLES
              \(calledName) metrics
              \(calledName) metrics --output /var/lib/node_exporter/textfile_collector/customization_history.prom

            --since takes \(ReportWindow.grammar).
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("Where the window begins; it ends now.", valueName: "time"))
    var since = "24h"

    @Option(help: "Running or pending for longer than this counts as stuck.")
    var stuckAfter = DurationArgument.of("1h")

    @Option(
        help: ArgumentHelp(
            "Write to this file, whole or not at all, readable by all; its name must end in .prom (default: standard output).",
            valueName: "file"))
    var output: String?

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if let output, !output.hasSuffix(".prom") || output.hasSuffix("/.prom") || output == ".prom" {
            throw ValidationError(
                "--output \(output): the name must end in .prom, else node_exporter does not read it.")
        }
    }

    func run() throws {
        let window = try ReportWindow(since: since, now: Timestamp.now(), timeZone: .current)
        let metrics = try database.openForReading(telling: messages).metrics(
            on: window, stuckAfterSeconds: stuckAfter.duration.seconds)
        let text = PrometheusRenderer(toolVersion: toolVersion).render(metrics)
        // node_exporter runs as a user of its own.
        try OutputFile(path: output ?? "-", mode: 0o644).write(text)
    }
}
