import ArgumentParser
import Foundation
import GuestCustomization
import HistoryConfiguration
import HistoryStore
import Logging

struct Collect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Poll every VM once and store every answer.",
        discussion: """
            Made for cron: prints nothing when all went well. A problem is reported when it begins, once a day while it lasts, and \
            when it is over; on a terminal and with --verbose, everything is reported. This command works wherever govc works: it \
            reads the same variables. A refused login is sent again at most once an hour.

            EXAMPLES
              export GOVC_URL=vcsa.example.org GOVC_USERNAME=auditor@vsphere.local
              export GOVC_PASSWORD=/run/secrets/vcenter        the password, or a file of mode 600 that contains it
              export GOVC_TLS_CA_CERTS=/etc/ssl/vcsa-ca.pem    for a certificate signed by vCenter's own CA
              \(calledName) collect
              \(calledName) collect --endpoint both --vm 'web-*' --database ./web.db
              \(calledName) collect --follow                  until running customizations end
              \(calledName) collect --every 5m                 as a service
              \(calledName) collect --compare-bulk             whether bulk: true would tell the same
              \(calledName) collect --log-head 2>&1 | logger -t history      the head of the history goes to the system's log
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var database: DatabaseOptions

    @Option(
        help:
            "Which status to poll: customization-live (9.0 and later), customization (7.0 and later), both (whichever of them the vCenter has), or auto, the default: the first if the vCenter has it, otherwise the second; auto also reads the vCenter's events (8.0 U1 and later)."
    )
    var endpoint: EndpointArgument?

    @Option(
        name: .customLong("vm"),
        help: ArgumentHelp(
            "Poll only these VMs: a managed object id, a name or a glob; repeatable.", valueName: "id-or-glob"))
    var vms: [String] = []

    @Option(help: "Concurrent polls at each vCenter (default: 16).")
    var concurrency: Int?

    @Option(help: "Time limit on one request and its complete answer, such as 30s.")
    var timeout: DurationArgument?

    @Option(help: "Time limit on a connection and its TLS handshake (default: 10s).")
    var connectTimeout: DurationArgument?

    @Option(help: "Time limit on a whole run, such as 30m; what was polled by then is kept.")
    var runTimeout: DurationArgument?

    @Flag(help: "Poll running and pending customizations every 5 s until they end.")
    var follow = false

    @Option(help: "Time limit on --follow.")
    var followTimeout = DurationArgument.of("30m")

    @Flag(
        help:
            "Poll customization, VM by VM, and print where one answer for a thousand VMs (bulk: true) would differ: exit code 4 if it does, 5 if there was nothing to compare."
    )
    var compareBulk = false

    @Option(
        help: ArgumentHelp(
            "Keep running and poll at this interval, such as 5m; notifies systemd of readiness and progress.",
            valueName: "interval"))
    var every: DurationArgument?

    @Flag(
        help:
            "Print the head of the history to standard error after each pass, in one line, so that a log elsewhere keeps it; see `head --help`."
    )
    var logHead = false

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        if let concurrency, !VCenterConfiguration.concurrencyRange.contains(concurrency) {
            throw ValidationError(
                "--concurrency \(concurrency): give 1 to \(VCenterConfiguration.concurrencyRange.upperBound).")
        }
        for (name, limit) in [
            ("timeout", timeout), ("connect-timeout", connectTimeout), ("run-timeout", runTimeout),
            ("follow-timeout", followTimeout),
        ] {
            if let limit, limit.duration <= .zero { throw ValidationError("--\(name): give more than 0.") }
        }
        if compareBulk, follow || every != nil || (endpoint ?? .customization) != .customization {
            throw ValidationError(
                "--compare-bulk: is about one pass over customization; leave out --follow, --every and another --endpoint."
            )
        }
        if let every, every.duration < .seconds(1) { throw ValidationError("--every: give 1s or more.") }
    }

    func run() async throws {
        let configuration = try connection.configuration()
        var vCenters = configuration.vCenters.map(applyingFlags)
        let share = try ConnectionShare(of: OpenFileLimit.leftAtStart, for: vCenters.map(\.concurrency))
        let shortage = share.shortage(for: vCenters)
        for index in vCenters.indices {
            vCenters[index].concurrency = min(vCenters[index].concurrency, share.pollsAtOnce)
        }
        let clocks = Clocks.machine
        let service = ServiceNotification()
        let watchdog = every == nil ? nil : service.watchdogSignal(by: clocks.steady)
        let history = try database.openForCollecting(messages: messages) { watchdog?.note() }
        let round = CollectionRound(
            over: vCenters, atOnce: share.vCentersAtOnce, shortOf: shortage, into: history, messages: messages,
            matching: VirtualMachineGlobs(vms), by: clocks, following: follow ? followTimeout.duration : nil,
            handing: HeadHandover(command: configuration.headCommand, isLogged: logHead, messages, by: clocks.steady),
            noteProgress: { watchdog?.note() })
        let (worst, stopped) = try await StopSignal.cancelling {
            guard let every else { return await round.run() }
            // Whatever the result of a pass, the next one may end differently.
            service.notify("READY=1")
            await CollectionSchedule(every: every.duration, by: clocks.steady, progress: watchdog).run {
                _ = await round.run()
            }
            service.notify("STOPPING=1")
            return nil
        }
        try history.close()
        // A service that stops when told to has succeeded.
        if let stopped { throw ExitCode(every == nil ? 128 + stopped : 0) }
        if let worst { throw ExitCode(worst.rawValue) }
    }

    private func applyingFlags(_ configuration: VCenterConfiguration) -> VCenterConfiguration {
        var configuration = configuration
        if let endpoint { configuration.endpoints = endpoint.choice }
        if compareBulk {
            configuration.endpoints = .named([.customization])
            configuration.bulk = .compared
        }
        if let concurrency { configuration.concurrency = concurrency }
        if let timeout { configuration.timeouts.request = timeout.duration }
        if let connectTimeout { configuration.timeouts.connect = connectTimeout.duration }
        if let runTimeout { configuration.timeouts.run = runTimeout.duration }
        return configuration
    }
}
