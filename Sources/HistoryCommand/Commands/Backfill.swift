import ArgumentParser
import GuestCustomization
import HistoryConfiguration
import HistoryStore
import VCenterClient

struct Backfill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Read customizations from before the first poll out of vCenter's event log.",
        discussion: """
            vCenter 8.0 U1 and later tells its events by the VI JSON API, and keeps them for 30 days by default. Each event about a \
            customization is recorded once, however often this is run; one that was interrupted goes on where it was. Customizations \
            that polls saw too are not counted twice. Polls go on meanwhile, and later runs of `collect` read on from here.

            --since takes \(ReportWindow.grammar).

            EXAMPLES
              \(calledName) backfill                all that each vCenter keeps
              \(calledName) backfill --since 14d
              \(calledName) report --since 30d      then tells of customizations from before `collect` was set up
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var database: DatabaseOptions

    @Option(
        help: ArgumentHelp(
            "Read events from then on, such as 30d or 2026-11-01 (default: all that the vCenter keeps).",
            valueName: "when"))
    var since: String?

    @OptionGroup var messages: MessageOptions

    func run() async throws {
        let clocks = Clocks.machine
        let since = try since.map { try ReportWindow(since: $0, now: clocks.now(), timeZone: .current).since }
        let configuration = try connection.configuration()
        let history = try database.openForCollecting(messages: messages) {}
        let logins = LoginGate(beside: history.path, by: clocks)
        let bar = ProgressBar(isVisible: messages.showsProgress, by: clocks.steady)
        let (worst, stopped) = try await StopSignal.cancelling {
            let statuses = await configuration.vCenters.mapSideBySide { vCenter in
                await BackfillPass(
                    vCenter: vCenter, history: history, since: since, logins: logins, messages: messages,
                    clocks: clocks, bar: bar
                ).run()
            }
            return statuses.compactMap(\.self).max()
        }
        bar.clear()
        try history.close()
        if let stopped { throw ExitCode(128 + stopped) }
        if let worst { throw ExitCode(worst.rawValue) }
    }
}

/// The backfill of one vCenter, and its messages.
private struct BackfillPass: Sendable {
    let vCenter: VCenterConfiguration
    let history: HistoryDatabase
    let since: Timestamp?
    let logins: LoginGate
    let messages: MessageOptions
    let clocks: Clocks
    let bar: ProgressBar

    func run() async -> ExitStatus? {
        let source = VCenter(vCenter, logger: messages.logger, logins: logins, now: clocks.now, clock: clocks.steady)
        var status: ExitStatus?
        do {
            status = try await read(source)
        } catch {
            let failure = error.asHistoryError
            bar.clear()
            messages.say(.error, LogLine(failure).adding(["vcenter": "\(vCenter.name)"]))
            status = ExitStatus(failure.code)
        }
        await source.close()
        return status
    }

    private func read(_ source: VCenter) async throws -> ExitStatus? {
        let reached = ReachedVCenter(vCenter, instanceUUID: await source.instanceUUID())
        let begin = clocks.now()
        let pass = EventPass(
            vCenter: vCenter, history: history, clocks: clocks, isRequired: true,
            progress: { summary in show(summary, until: begin) })
        let summary = try await pass.run(source, reached, .since(since))
        bar.clear()
        guard let summary else {
            messages.say(
                .warning,
                "\(vCenter.name, as: "vcenter"): another run is reading its events into this history; nothing was done")
            return .otherRun
        }
        if let problem = Problem(summary) { messages.say(problem.level, problem.line) }
        messages.say(
            .notice,
            "\(vCenter.name, as: "vcenter"): \(summary.new, "event", as: "events") recorded, \(summary.known, as: "known") known before"
        )
        return ExitStatus(summary)
    }

    /// Nobody knows how many events there are, so the bar shows how far the time has come.
    private func show(_ summary: EventSummary, until end: Timestamp) {
        // vCenter keeps 30 days by default.
        let begin = since ?? end.advanced(bySeconds: -30 * 86_400)
        let length = max(1, Int(end.seconds(since: begin) / 3600))
        let done = summary.latest.map { Int($0.seconds(since: begin) / 3600) } ?? 0
        bar.show(
            "\(vCenter.name): \(summary.new + summary.known) events", done: min(max(0, done), length), of: length,
            unit: "hours")
    }
}
