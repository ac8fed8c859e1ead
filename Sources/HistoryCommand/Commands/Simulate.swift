import ArgumentParser
import Foundation
import GuestCustomization
import PathTrust
import VCenterSimulator

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a simulated vCenter over TLS on loopback until interrupted.",
        discussion: """
            Its VMs are customized continually, and some of these customizations fail. Everything follows from the seed \
            and the clock, so two simulators with the same seed give the same answers. The certificate is made at start.

            EXAMPLES
              \(calledName) simulate --certificate-out ca.pem
              \(calledName) simulate --vms 5000 --latency 20ms --port 8989 --seed 42
              \(calledName) simulate --api-version 8.0.3      without customization-live, as before 9.0
              \(calledName) simulate --suspect template           customizations of one template's VMs mostly fail

            From 8.0.1 on, it has VI JSON: events of the last 30 days' customizations, and properties of VMs in bulk.

            The password is taken from SIMULATOR_PASSWORD if that is set, or else generated. Either way, it is shown once, \
            in the lines to copy.
            """)

    @Option(help: "Port on 127.0.0.1; 0 chooses a free one.")
    var port = 0

    @Option(help: "The number of VMs (0 to 100000).")
    var vms = 50

    @Option(help: "The seed for names, failures and times.")
    var seed: UInt64 = 1

    @Option(help: "The delay of each answer, such as 20ms.")
    var latency = DurationArgument.of("0ms")

    @Option(help: ArgumentHelp("Where to write the certificate to trust, as PEM.", valueName: "file"))
    var certificateOut: String?

    @Option(
        help: ArgumentHelp(
            "VMs without VMware Tools, always answered with 503: a number of neighbours in the list (25), or one VM in so many (1/10).",
            valueName: "count"))
    var withoutTools = WithoutTools.neighbours(0)

    @Option(help: "The user name for the login.")
    var user = "administrator@vsphere.local"

    @Option(help: "The vCenter release to simulate.")
    var apiVersion = "9.0.0.0"

    @Option(
        help: ArgumentHelp(
            "Plant one whose VMs' customizations mostly fail: host, cluster or template.", valueName: "kind"))
    var suspect: PlantedSuspect.Kind?

    @Option(
        help:
            "How many times as often as usual VMs are customized (1 to 4): 45000 VMs have a million events of 30 days at 2.4."
    )
    var customizationRate = 1.0

    @Option(
        name: .customLong("instance-uuid"),
        help: ArgumentHelp("The vCenter's instance UUID (default: derived from seed and port).", valueName: "uuid"))
    var instanceUUID: String?

    @OptionGroup var messages: MessageOptions

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port \(port): give 0 to 65535.") }
        if let instanceUUID, UUID(uuidString: instanceUUID) == nil {
            throw ValidationError("--instance-uuid \(instanceUUID): give 32 hexadecimal digits as 8-4-4-4-12.")
        }
        guard (1...4).contains(customizationRate) else {
            throw ValidationError("--customization-rate \(customizationRate): give 1 to 4.")
        }
        guard (0...100_000).contains(vms) else { throw ValidationError("--vms \(vms): give 0 to 100000.") }
    }

    func run() async throws {
        var options = SimulatedVCenter.Options(clock: Clocks.machine.now)
        options.port = port
        options.virtualMachines = vms
        options.seed = seed
        options.latency = latency.duration
        options.user = user
        options.password = ProcessInfo.processInfo.environment["SIMULATOR_PASSWORD"]
        options.apiVersion = apiVersion
        options.instanceUUID = instanceUUID?.lowercased()
        options.isWithoutTools = withoutTools.includes
        options.suspect = suspect
        options.customizationRate = customizationRate
        options.connections = OpenFileLimit.leftAtStart - ConnectionShare.reserved

        let vCenter: SimulatedVCenter
        do { vCenter = try await SimulatedVCenter.start(options) } catch {
            throw HistoryError(.inputOutput, about: "cannot start the simulated vCenter", "\(error)", cause: error)
        }
        do {
            let certificate = try writeCertificate(of: vCenter)
            try announce(vCenter, certificate: certificate)
            await StopSignal.wait()
        } catch {
            try await vCenter.shutdown()
            throw error
        }
        try await vCenter.shutdown()
    }

    /// Which VMs have no VMware Tools.
    enum WithoutTools: ExpressibleByArgument {
        /// This many in a row, from the 51st on.
        case neighbours(Int)
        case oneOf(Int)

        init?(argument: String) {
            if let count = Int(argument), count >= 0 {
                self = .neighbours(count)
            } else if argument.hasPrefix("1/"), let every = Int(argument.dropFirst(2)), every > 0 {
                self = .oneOf(every)
            } else {
                return nil
            }
        }

        var defaultValueDescription: String { "0" }

        @Sendable func includes(_ number: Int) -> Bool {
            switch self {
            case .neighbours(let count): number >= 50 && number - 50 < count
            case .oneOf(let every): number % every == every - 1
            }
        }
    }

    private func writeCertificate(of vCenter: SimulatedVCenter) throws -> String {
        let path = certificateOut ?? NSTemporaryDirectory() + "simulated-vcenter-\(vCenter.port).pem"
        try OutputFile(path: path).write(vCenter.authorityPEM)
        return path
    }

    private func announce(_ vCenter: SimulatedVCenter, certificate: String) throws {
        messages.say(
            .notice,
            "a simulated vCenter \(apiVersion, as: "version") with \(vms, as: "vms") VMs is listening on \(vCenter.url, as: "url"); stop it with Ctrl-C; to poll it:"
        )
        try OutputFile(path: "-").write(
            """
            export GOVC_URL=\(vCenter.url.shellQuoted)
            export GOVC_USERNAME=\(vCenter.user.shellQuoted)
            export GOVC_PASSWORD=\(vCenter.password.shellQuoted)
            export GOVC_TLS_CA_CERTS=\(certificate.shellQuoted)

            """)
    }
}

extension PlantedSuspect.Kind: ExpressibleByArgument {}
