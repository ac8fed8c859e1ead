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
            Made for cron: prints nothing when all went well, and one line for each vCenter where it did not. Where govc \
            works in a shell, so does this command: it reads the same variables.

            EXAMPLES
              export GOVC_URL=vcsa.example.org GOVC_USERNAME=auditor@vsphere.local
              export GOVC_PASSWORD=/run/secrets/vcenter        the password, or a file that holds it
              export GOVC_TLS_CA_CERTS=/etc/ssl/vcsa-ca.pem    for a certificate signed by vCenter's own CA
              \(calledName) collect
              \(calledName) collect --endpoint both --vm 'web-*' --database ./web.db
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var database: DatabaseOptions

    @Option(help: "Which status to poll: customization-live (9.0 and later), customization (7.0 and later) or both.")
    var endpoint: EndpointChoice?

    @Option(
        name: .customLong("vm"),
        help: ArgumentHelp(
            "Poll only these VMs: a managed object id, a name or a glob; repeatable.", valueName: "id-or-glob"))
    var vms: [String] = []

    @Option(help: "Polls under way at once (default: 16).")
    var concurrency: Int?

    @Option(help: "Limit on one request and its whole answer, such as 30s.")
    var timeout: DurationArgument?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let concurrency, !VCenterConfiguration.concurrencyRange.contains(concurrency) {
            throw ValidationError(
                "--concurrency \(concurrency): give 1 to \(VCenterConfiguration.concurrencyRange.upperBound).")
        }
    }

    func run() async throws {
        let vCenters = try connection.vCenters().map(applyingFlags)
        let history = try database.openForCollecting()
        let globs = VirtualMachineGlobs(vms)
        let (worst, stopped) = try await StopSignal.cancelling { [output] in
            var worst: ExitStatus?
            for vCenter in vCenters where !Task.isCancelled {
                let status = try await CollectionPass(vCenter: vCenter, history: history, output: output).run(
                    matching: globs)
                worst = [worst, status].compactMap { $0 }.max()
            }
            return worst
        }
        try history.close()
        if let stopped { throw ExitCode(128 + stopped.rawValue) }
        if let worst { throw ExitCode(worst.rawValue) }
    }

    private func applyingFlags(_ configuration: VCenterConfiguration) -> VCenterConfiguration {
        var configuration = configuration
        if let endpoint { configuration.endpoints = endpoint.endpoints }
        if let concurrency { configuration.concurrency = concurrency }
        if let timeout { configuration.timeouts.request = timeout.duration }
        return configuration
    }
}
