import ArgumentParser
import Foundation
import HistoryConfiguration

/// Which vCenter to poll, and how to trust it. A secret is never an argument: any user can see arguments.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The vCenter (default: GOVC_URL); scheme and /sdk are optional.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "A file that names many vCenters (default, if no vCenter is named: customization-history/config.yaml in "
                + "$XDG_CONFIG_HOME, ~/.config or /etc).", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "PEM files of the authorities to trust, colon-separated (default: GOVC_TLS_CA_CERTS, else the system's).",
            valueName: "files"))
    var caCertificates: String?

    @Option(
        help: ArgumentHelp(
            "Pinned certificates, lines of `host:port THUMBPRINT` as govc writes them (default: GOVC_TLS_KNOWN_HOSTS).",
            valueName: "files"))
    var knownHosts: String?

    @Flag(help: "Do not verify the vCenter's certificate (default: GOVC_INSECURE).")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "A file that contains the value of the Authorization header, for federated logins.", valueName: "file"))
    var tokenFile: String?

    /// What to poll, from flags, environment and configuration file.
    func configuration() throws -> CollectionConfiguration {
        let environment = ProcessInfo.processInfo.environment
        var settings = ConnectionSettings(environment: environment)
        settings.server = server
        settings.authorityFiles = caCertificates
        settings.knownHostsFiles = knownHosts
        settings.tokenFile = tokenFile
        if insecure { settings.isInsecure = true }
        return try CollectionConfiguration(
            configurationFile: config, settings: settings, environment: environment)
    }
}
