import ArgumentParser
import GuestCustomization
import HistoryStore
import ReportRendering

struct Failing: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, csv, markdown
    }

    static let configuration = CommandConfiguration(
        commandName: "failing",
        abstract: "List the VMs that fail now: since when, how often in a row, and why.",
        discussion: """
            A VM fails now if it is listed and its most recently ended customization, of all time, failed. The oldest comes \
            first. A VM that does not fail but has a stuck customization is counted, and listed with --stuck. Only reads the \
            history.

            EXAMPLES
              \(calledName) failing                               what to do today
              \(calledName) failing --stuck --vcenter vcsa.example.org
              \(calledName) failing --error perl-missing          by an error's id, cause or text
              \(calledName) failing --format markdown             for a ticket
              \(calledName) failing --format csv > failing.csv
              \(calledName) failing --exit-code --quiet           for scripts: exit code 4 if a VM fails

            With --exit-code, an empty list is only good news if it can be relied on: if a vCenter has no good poll, or none for \
            longer than --silent-after, the exit code is 5.
            """)

    @OptionGroup var database: DatabaseOptions

    @OptionGroup var selection: FilterOptions

    @Option(
        help: ArgumentHelp(
            "Only VMs whose latest failure had this error: give its identifier, its cause, or all or part of its text.",
            valueName: "id-or-text"))
    var error: String?

    @Flag(help: "Also list the VMs that do not fail but are stuck.")
    var stuck = false

    @OptionGroup var thresholds: NewsThresholds

    @Option(
        help:
            "The list's format: table, json, csv or markdown. In csv, a text that a spreadsheet would run as a formula is prefixed with '."
    )
    var format = Format.table

    @Flag(help: "Exit with code 4 if a VM is listed; with 5 if the history cannot tell.")
    var exitCode = false

    @OptionGroup var messages: MessageOptions

    @Flag(help: "Print the JSON Schema of --format json, and nothing else.")
    var schema = false

    func validate() throws {
        if stuck, error != nil {
            throw ValidationError("--stuck and --error exclude each other: a stuck VM has no error.")
        }
    }

    func run() throws {
        guard !schema else { return try OutputFile(path: "-").write(FailingJSON.schema) }
        let history = try database.openForReading(messages: messages)
        let filter = selection.filter
        try history.requireKnown(filter)
        let now = Clocks.machine.now()
        var report = try FailingReport(
            of: history, matching: filter, stuckAfterSeconds: thresholds.stuckAfter.duration.seconds,
            silentAfterSeconds: thresholds.silentAfter?.duration.seconds, timeZone: .current, generatedAt: now)
        if let error {
            report = report.only(errorsMeantBy: error)
            if report.virtualMachines.isEmpty { try Self.requireKnown(error, in: history, at: now) }
        }
        try history.close()
        report.listsStuck = stuck
        if !messages.quiet { try OutputFile(path: "-").write(text(of: report)) }
        if exitCode, let failure = Self.failure(report) {
            messages.say(.error, LogLine(failure))
            throw ExitCode(ExitStatus(failure.code).rawValue)
        }
    }

    /// Otherwise no VM would seem to fail because of a slip of the pen; an error that no VM has now is known by one that had it.
    private static func requireKnown(_ error: String, in history: HistoryDatabase, at now: Timestamp) throws {
        let all = try Report(of: history, window: ReportWindow(since: .earliest, until: now), generatedAt: now)
        _ = try all.only(knownErrorsMeantBy: error, in: history.path)
    }

    private func text(of report: FailingReport) -> String {
        switch format {
        case .table: FailingTable(.forStandardOutput).render(report)
        case .json: FailingJSON().render(report)
        case .csv: FailingCSV().render(report)
        case .markdown: FailingMarkdown().render(report)
        }
    }

    /// Why `--exit-code` is not 0; `nil` if it is.
    private static func failure(_ report: FailingReport) -> HistoryError? {
        guard report.listed.isEmpty else {
            return HistoryError(
                .virtualMachinesFailing,
                "\(report.virtualMachines.count) failing, \(report.stuckOnly.count) only stuck",
                advice: "see `\(calledName) failing`")
        }
        guard !report.canJudge else { return nil }
        let silent = report.notPolled.map { $0.vCenter.shown(upTo: 80) }.joined(separator: ", ")
        return HistoryError(
            .nothingToJudgeBy, about: "--exit-code has nothing to judge by",
            silent.isEmpty ? "no poll ever got an answer" : "not polled: \(silent)",
            advice: "see `\(calledName) runs`")
    }
}
