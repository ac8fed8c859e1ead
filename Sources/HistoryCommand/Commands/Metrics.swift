import ArgumentParser
import GuestCustomization
import HistoryConfiguration
import HistoryStore
import ReportRendering

struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Write figures for Prometheus, such as failure ratio, durations and the last good run.",
        discussion: """
            Counters and the histogram of durations cover the whole history, for rate() and histogram_quantile(), and never \
            fall; failing and stuck VMs are those of now; the other figures cover the window. For node_exporter's textfile \
            collector, run it after each `collect`, whether or not that succeeded: a vCenter that was never reached has its \
            series too. --config adds the vCenters that collect was never run for.

            EXAMPLES
              \(calledName) metrics
              \(calledName) metrics --output /var/lib/node_exporter/textfile_collector/customization_history.prom

            ALERTS
              customization_history_virtual_machines_failing > 0
              customization_history_seconds_since_last_good_run > 7200
              time() - node_textfile_mtime_seconds{file=~".*customization_history.prom"} > 7200

            --since takes \(ReportWindow.grammar).
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("The start of the window, which ends now.", valueName: "time"))
    var since = "24h"

    @Option(help: "Running or pending for longer than this counts as stuck.")
    var stuckAfter = DurationArgument.of("1h")

    @Option(
        help: ArgumentHelp(
            "A configuration file. Its vCenters get their series even before their first run.",
            valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Write to this file, completely or not at all, readable by all; its name must end in .prom (default: standard output).",
            valueName: "file"))
    var output: String?

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if let output, !output.hasSuffix(".prom") || output.hasSuffix("/.prom") || output == ".prom" {
            throw ValidationError(
                "--output \(output): the name must end in .prom, or node_exporter does not read it.")
        }
    }

    func run() throws {
        let configured = try config.map { try ConfigurationFile(path: $0).vCenters.map(\.name) } ?? []
        let window = try ReportWindow(since: since, now: Clocks.machine.now(), timeZone: .current)
        let history = try database.openForReading(messages: messages)
        var metrics = try history.metrics(on: window, stuckAfterSeconds: stuckAfter.duration.seconds)
        metrics.add(configured: configured)
        let text = PrometheusRenderer(toolVersion: toolVersion, history: history.path).render(metrics)
        // node_exporter runs as its own user.
        try OutputFile(path: output ?? "-", mode: 0o644, history: history.path).write(text)
    }
}
