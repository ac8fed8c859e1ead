import ArgumentParser
import VCenterClient

struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the settings come to.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Say what would be polled, and prove that its secrets can be read; asks no vCenter and shows no secret.",
            discussion: """
                EXAMPLES
                  \(calledName) config check
                  \(calledName) config check --config /etc/customization-history/config.yaml
                """)

        @OptionGroup var connection: ConnectionOptions

        func run() async throws {
            let vCenters = try connection.vCenters()
            for vCenter in vCenters { _ = try await vCenter.credentials.credentials() }
            try OutputFile(path: "-").write(vCenters.map(\.summary).joined(separator: "\n"))
        }
    }
}
