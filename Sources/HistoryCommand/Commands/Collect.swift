import ArgumentParser
import Foundation
import GuestCustomization
import HistoryStore
import Logging
import VCenterClient

struct Collect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Poll every VM once and store every answer.",
        discussion: """
            Made for cron: prints nothing when all went well. A trouble is told when it begins, once a day while it lasts, and \
            when it is over; a terminal and --verbose are told everything. Where govc works in a shell, so does this command: it \
            reads the same variables. A login that a vCenter refused is sent again once an hour at most.

            EXAMPLES
              export GOVC_URL=vcsa.example.org GOVC_USERNAME=auditor@vsphere.local
              export GOVC_PASSWORD=/run/secrets/vcenter        the password, or a file of mode 600 that holds it
              export GOVC_TLS_CA_CERTS=/etc/ssl/vcsa-ca.pem    for a certificate signed by vCenter's own CA
              \(calledName) collect
              \(calledName) collect --endpoint both --vm 'web-*' --database ./web.db
              \(calledName) collect --follow                  until what runs has ended
              \(calledName) collect --every 5m                 as a service
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var database: DatabaseOptions

    @Option(
        help:
            "Which status to poll: customization-live (9.0 and later), customization (7.0 and later), both of those that the vCenter has, or auto, the default: the first where the vCenter has it, else the second."
    )
    var endpoint: EndpointArgument?

    @Option(
        name: .customLong("vm"),
        help: ArgumentHelp(
            "Poll only these VMs: a managed object id, a name or a glob; repeatable.", valueName: "id-or-glob"))
    var vms: [String] = []

    @Option(help: "Polls under way at once (default: 16).")
    var concurrency: Int?

    @Option(help: "Limit on one request and its whole answer, such as 30s.")
    var timeout: DurationArgument?

    @Option(help: "Limit on a connection and its TLS handshake (default: 10s).")
    var connectTimeout: DurationArgument?

    @Option(help: "Limit on a whole run, such as 30m; what was polled by then is kept.")
    var runTimeout: DurationArgument?

    @Flag(help: "Poll the running and pending ones every 5 s until they end.")
    var follow = false

    @Option(help: "How long --follow goes on at most.")
    var followTimeout = DurationArgument.of("30m")

    @Option(
        help: ArgumentHelp(
            "Stay, and poll again and again at this interval, such as 5m; tells systemd when it is ready and that it lives.",
            valueName: "interval"))
    var every: DurationArgument?

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
        if let every, every.duration < .seconds(1) { throw ValidationError("--every: give 1s or more.") }
    }

    func run() async throws {
        var vCenters = try connection.vCenters().map(applyingFlags)
        let share = try ConnectionShare(of: OpenFileLimit.leftAtStart, for: vCenters.map(\.concurrency))
        let shortage = share.shortage(for: vCenters)
        for index in vCenters.indices {
            vCenters[index].concurrency = min(vCenters[index].concurrency, share.pollsAtOnce)
        }
        let clocks = Clocks.machine
        let service = ServiceNotification()
        let watchdog = every == nil ? nil : service.watchdogSignal(by: clocks.steady)
        let history = try database.openForCollecting(telling: messages) { watchdog?.note() }
        let round = CollectionRound(
            over: vCenters, atOnce: share.vCentersAtOnce, shortOf: shortage, into: history, telling: messages,
            matching: VirtualMachineGlobs(vms), by: clocks, following: follow ? followTimeout.duration : nil,
            noteProgress: { watchdog?.note() })
        let (worst, stopped) = try await StopSignal.cancelling {
            guard let every else { return await round.run() }
            // Whatever comes of a pass, the next one may end otherwise.
            service.notify("READY=1")
            await CollectionSchedule(every: every.duration, by: clocks.steady, telling: watchdog).run {
                _ = await round.run()
            }
            service.notify("STOPPING=1")
            return nil
        }
        try history.close()
        // A service that is told to stop and does has done what it should.
        if let stopped { throw ExitCode(every == nil ? 128 + stopped : 0) }
        if let worst { throw ExitCode(worst.rawValue) }
    }

    private func applyingFlags(_ configuration: VCenterConfiguration) -> VCenterConfiguration {
        var configuration = configuration
        if let endpoint { configuration.endpoints = endpoint.choice }
        if let concurrency { configuration.concurrency = concurrency }
        if let timeout { configuration.timeouts.request = timeout.duration }
        if let connectTimeout { configuration.timeouts.connect = connectTimeout.duration }
        if let runTimeout { configuration.timeouts.run = runTimeout.duration }
        return configuration
    }
}
