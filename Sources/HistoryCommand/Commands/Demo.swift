import ArgumentParser
import AsyncHTTPClient
import Foundation
import GuestCustomization
import HistoryConfiguration
import HistoryStore
import Logging
import PathTrust
import ReportRendering
import VCenterClient
import VCenterSimulator

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Fill a history from a simulated vCenter, hour by hour, and report on it.",
        discussion: """
            Starts a simulated vCenter on loopback. First its events of three weeks are read; then the real collector polls it \
            over real HTTPS, once for every hour of the last few days on a simulated clock. The report ends with what makes \
            customizations fail there. Nothing leaves this machine.

            EXAMPLES
              \(calledName) demo
              \(calledName) demo --vms 200 --days 30 --database /tmp/month.db
            """)

    @Option(help: "How many VMs the simulated vCenter has (1 to 4000).")
    var vms = 50

    @Option(help: "How many days of hourly collection runs to make (1 to 366).")
    var days = 7

    @Option(help: "The seed for names, failures and times.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "The history to create (default: ./history-demo.db, or the next free name).", valueName: "file"))
    var database: String?

    @OptionGroup var messages: MessageOptions

    private static let maximumConcurrency = 16
    /// Three weeks.
    private static let backfilledSeconds = 21 * 86_400.0

    func validate() throws {
        guard (1...4000).contains(vms) else { throw ValidationError("--vms \(vms): give 1 to 4000.") }
        guard (1...366).contains(days) else { throw ValidationError("--days \(days): give 1 to 366.") }
    }

    func run() async throws {
        // This process holds both ends of each connection.
        let concurrency = try ConnectionShare(of: OpenFileLimit.leftAtStart, for: [Self.maximumConcurrency]).pollsAtOnce
        let path = try freePath()
        let now = Clocks.machine.now()
        let history = try HistoryDatabase.open(
            path, access: .readWrite(create: true), toolVersion: toolVersion,
            waiting: .init(clock: Clocks.machine.steady), at: now)
        let firstRun = now.advanced(bySeconds: -Double(days) * 86_400)
        // The last hour's run is a minute old, so that it is in the window too.
        try await fill(
            history, clock: SimulatedClock(at: firstRun.advanced(bySeconds: -60)), runs: days * 24, atOnce: concurrency)
        let window = ReportWindow(since: firstRun.advanced(bySeconds: -Self.backfilledSeconds), until: now)
        let report = try Report(
            of: history, window: window, asking: .suspects, timeZone: .current, generatedAt: now)
        try OutputFile(path: "-").write(
            TableRenderer.forStandardOutput.render(report) + "\n" + whatNext(path) + "\n")
        try history.close()
    }

    /// A file that does not exist yet: a demonstration never writes to an existing history.
    private func freePath() throws -> String {
        let files = FileManager.default
        if let database {
            guard !files.fileExists(atPath: database) else {
                throw HistoryError(
                    .cannotCreate,
                    "\(database) already exists and was not changed: give --database another name, or delete it"
                )
            }
            return database
        }
        let first = "./history-demo.db"
        guard files.fileExists(atPath: first) else { return first }
        let next = (2...).lazy.map { "./history-demo-\($0).db" }.first { !files.fileExists(atPath: $0) } ?? first
        messages.say(
            .notice,
            "\(first, as: "existing") already exists and was not changed; this demonstration goes to \(next, as: "database")"
        )
        return next
    }

    private func fill(
        _ history: HistoryDatabase, clock: SimulatedClock, runs: Int, atOnce concurrency: Int
    ) async throws {
        var options = SimulatedVCenter.Options(clock: { clock.now })
        options.virtualMachines = vms
        options.seed = seed
        options.suspect = .host
        let bar = ProgressBar(isVisible: messages.showsProgress, by: Clocks.machine.steady)
        // The simulated clock stands still during a run, so that the same seed gives the same history.
        let still = SteadyClock(now: { .zero }, sleep: { try await Clocks.machine.steady.sleep(for: $0) })
        try await SimulatedVCenter.withRunning(options) { simulated in
            var configuration = try configuration(of: simulated)
            configuration.concurrency = concurrency
            let vCenter = VCenter(
                configuration, logger: messages.logger, now: { clock.now }, clock: still)
            var collector = Collector(
                vCenter: "simulated", source: vCenter, recorder: history, concurrency: concurrency,
                now: { clock.now }, clock: still)
            let events = EventCollector(
                vCenter: "simulated", source: vCenter, recorder: history, now: { clock.now },
                progress: { bar.show("reading events of three weeks", done: $0.new, of: $0.new + 1, unit: "events") })
            do {
                try Self.require(
                    try await events.collect(.since(clock.now.advanced(bySeconds: -Self.backfilledSeconds))).failure)
                for run in 1...runs {
                    clock.advance(bySeconds: 3600)
                    collector.inventory = try await inventory(of: vCenter, before: run, history)
                    let summaries = try await collector.collect([.customizationLive])
                    for summary in summaries { try Self.require(summary.failure) }
                    try Self.require(try await events.collect(.later).failure)
                    await vCenter.logOut()
                    bar.show("polling \(vms) VMs hour by hour", done: run, of: runs, unit: "runs")
                }
            } catch {
                await vCenter.close()
                throw error
            }
            await vCenter.close()
        }
        bar.clear()
    }

    private static func require(_ failure: HistoryError?) throws {
        guard let failure else { return }
        throw HistoryError(.software, about: "the demonstration failed", failure.message, cause: failure)
    }

    /// What the simulated vCenter tells about its VMs, once a day: it changes seldom.
    private func inventory(
        of vCenter: VCenter, before run: Int, _ history: HistoryDatabase
    ) async throws -> InventoryReading? {
        guard run % 24 == 1 else { return nil }
        let reading = InventoryReading(sourcesSince: try history.sourcesEnd(of: "simulated"))
        try await reading.read(from: vCenter)
        return reading
    }

    /// The settings that a user would give: the address, the credentials, and a file with the certificate.
    private func configuration(of simulated: SimulatedVCenter) throws -> VCenterConfiguration {
        let certificate = FileManager.default.temporaryDirectory
            .appendingPathComponent("history-demo-\(UUID().uuidString).pem")
        try Data(simulated.authorityPEM.utf8).write(to: certificate)
        defer { try? FileManager.default.removeItem(at: certificate) }
        var settings = ConnectionSettings(environment: [
            "GOVC_USERNAME": simulated.user, "GOVC_PASSWORD": simulated.password,
        ])
        settings.server = simulated.url
        settings.authorityFiles = certificate.path
        return try settings.configuration()
    }

    private func whatNext(_ path: String) -> String {
        let file = path.shellQuoted
        // Use the name it was called by, because plain `history` is the shell's builtin.
        let program = (GivenArguments.all.first ?? calledName).shellQuoted
        let errors = "SELECT vm_name, failed_at, error_message FROM latest_error WHERE recovered_at IS NULL"
        return """
            The history is \(path). Try next:

              \(program) report --since yesterday --database \(file)
              \(program) report --since \(days)d --by day --database \(file)
              \(program) report --since \(days + 21)d --by suspect --database \(file)
              \(program) report --since \(days)d --format html --output report.html --database \(file)
              \(program) report --since \(days)d --format json --database \(file)
              sqlite3 -readonly \(file) \(errors.shellQuoted)

            With your own vCenter:

              export GOVC_URL=vcsa.example.org GOVC_USERNAME=administrator@vsphere.local
              export GOVC_PASSWORD=/path/to/a/file/with/the/password
              \(program) collect && \(program) report
            """
    }
}
