import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import ReportRendering

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report failure rates, durations and the latest error of each VM.",
        discussion: """
            A customization that was polled a thousand times counts once. Only reads the history; never creates or changes \
            it.

            EXAMPLES
              \(calledName) report                                        the last 7 days
              \(calledName) report --since yesterday --until today
              \(calledName) report --since 2026-11-01T08:00 --vm 'web-*'
              \(calledName) report --since 30d --by day --compare         is it getting worse?
              \(calledName) report --by cause                             why? what to check, which logs
              \(calledName) report --since 30d --by suspect              what fails: a host, a template, an operating system?
              \(calledName) report --by host --cluster 'prod-*'          the failure rate of each host of some clusters
              \(calledName) report --error perl-missing                   which VMs had this error, by id, cause or text
              \(calledName) report --only failing                         the VMs that need attention
              \(calledName) report --since 30d --format json | jq .summary
              \(calledName) report --format html --output report.html     a page for a browser
              \(calledName) report --format html --mail --to ops@example.org | sendmail -ti
              \(calledName) report --since 1d --fail-above 5 --quiet      for cron and scripts: exit code 4 above it
              \(calledName) report --explain                              what each figure means

            With --quiet, no report is printed; there are only errors and the exit code.

            --since and --until take \(ReportWindow.grammar).
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("The start of the window.", valueName: "time"))
    var since = "7d"

    @Option(help: ArgumentHelp("The end of the window, exclusive.", valueName: "time"))
    var until = "now"

    @OptionGroup var selection: FilterOptions

    @OptionGroup var attributes: AttributeOptions

    @Option(
        help:
            "The rows of table, csv and markdown: vm, error, cause, day (local days), vcenter, what VMs were (guest-os, host, cluster, folder, datacenter, template or tools), or suspect: what fails more often than chance explains. json has all of them, but what VMs were only if it is asked for; html all except cause and what VMs were."
    )
    var by: ReportBreakdown?

    @Option(
        help: ArgumentHelp(
            "List only VMs that are failing, stuck, lost (a customization ended unseen) or recovered; repeatable.",
            valueName: "condition"))
    var only: [ConditionFilter] = []

    @Option(
        help: ArgumentHelp(
            "List only this error and the VMs that had it: give its identifier, its cause, or all or part of its text.",
            valueName: "id-or-text"))
    var error: String?

    @Option(
        help: ArgumentHelp(
            "Order of the rows: worst, name, rate, failed, count, duration (p95) or latest (failure); the largest first.",
            valueName: "order"))
    var sort: ReportOrder?

    @Option(
        help: ArgumentHelp("The maximum number of rows (of days, the newest); the rest are counted.", valueName: "rows")
    )
    var limit: Int?

    @Flag(help: "Compare the window with the one before it, of the same length.")
    var compare = false

    @Flag(help: "In the table, show p50, p90, p95, p99 and the maximum duration of each row.")
    var durations = false

    @OptionGroup var destination: ReportDestination

    @OptionGroup var messages: MessageOptions

    @Option(
        help: ArgumentHelp(
            "Exit with code 4 if the failure rate is above this, \(RateLimit.grammar); with 5 if there is nothing to judge by.",
            valueName: "rate"))
    var failAbove: RateLimit?

    @Option(help: "Running or pending for longer than this counts as stuck.")
    var stuckAfter = DurationArgument.of("1h")

    @Flag(help: "Print how each figure is defined, and nothing else.")
    var explain = false

    @Flag(help: "Print the JSON Schema of --format json, and nothing else.")
    var schema = false

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit \(limit): give 0 or more.") }
        if compare, destination.format == .csv {
            throw ValidationError(
                "--compare is not in csv: use table, json, markdown or html, or run it for each window.")
        }
        let by = by ?? .vm
        if let sort, !by.orders.contains(sort) {
            let orders = by.orders.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--by \(by.rawValue) has no --sort \(sort.rawValue): give one of \(orders).")
        }
    }

    func run() throws {
        if explain || schema {
            try OutputFile(path: "-").write(explain ? ReportDefinitions.text : ReportSchema.text)
            return
        }
        let now = Clocks.machine.now()
        let window = try ReportWindow(since: since, until: until, now: now, timeZone: .current)
        let history = try database.openForReading(messages: messages)
        var filter = selection.filter
        filter.attributes = attributes.filter
        try history.requireKnown(filter)
        var report = try Report(
            of: history, window: window, matching: filter,
            stuckAfterSeconds: stuckAfter.duration.seconds, comparing: compare, asking: question, timeZone: .current,
            generatedAt: now)
        if let sort { report = report.sorted(by: sort) }
        report = report.only(only)
        if let error { report = try report.only(knownErrorsMeantBy: error, in: "this window of \(history.path)") }
        let by = by ?? .vm
        if !messages.quiet || destination.isFile {
            try destination.write(report, of: history.path, by: by, limit: limit, showsAllDurations: durations)
        }
        try history.close()
        if let failAbove, let failure = Self.check(report, failAbove) {
            messages.say(.error, LogLine(failure))
            throw ExitCode(ExitStatus(failure.code).rawValue)
        }
    }

    /// What has to be read about VMs. Pages and mails show suspects, too.
    private var question: Report.AttributeQuestion? {
        if messages.quiet, !destination.isFile { return nil }
        return destination.format == .html ? .suspects : by?.question
    }

    /// The failure that `--fail-above` raises for a report; `nil` if its rate is low enough.
    private static func check(_ report: Report, _ limit: RateLimit) -> HistoryError? {
        let summary = report.summary
        let nothing = "--fail-above \(limit.text) has nothing to judge by"
        // Later polls show at most the last customization of each VM in a past window.
        let isWatched = report.coverage.lastGoodPollAt.map { $0 >= report.window.since } ?? false
        guard isWatched else {
            return HistoryError(
                .nothingToJudgeBy, about: nothing, "no poll in the window got an answer",
                advice: "see `\(calledName) runs`, or give an earlier --since")
        }
        guard summary.finished > 0 else {
            return HistoryError(
                .nothingToJudgeBy, about: nothing, "no customization finished in the window",
                advice: "give an earlier --since")
        }
        guard limit.isExceeded(by: summary.failed, of: summary.finished) else { return nil }
        return HistoryError(
            .failureRateExceeded,
            "the failure rate is above --fail-above \(limit.text): \(summary.failed) of \(summary.finished) finished customizations failed"
        )
    }
}

extension Endpoint: ExpressibleByArgument {}
extension ConditionFilter: ExpressibleByArgument {}
extension ReportBreakdown: ExpressibleByArgument {}
extension ReportOrder: ExpressibleByArgument {}
