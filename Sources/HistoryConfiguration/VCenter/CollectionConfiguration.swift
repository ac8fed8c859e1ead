import GuestCustomization

/// Everything that flags, environment and configuration file say about collecting.
package struct CollectionConfiguration: Sendable {
    /// In the order of the file; at least one.
    package var vCenters: [VCenterConfiguration]
    /// The program and arguments that get each new head of the history; `nil` if there is none.
    package var headCommand: [String]?

    /// The vCenters to poll: those in the file named by `--config`; else the one named by `--server` or `GOVC_URL`; else those in the
    /// default file.
    ///
    /// `GOVC_URL` overrides a file in `/etc`, because this program should work wherever govc works.
    ///
    /// The environment's proxy variables apply to all of them.
    ///
    /// - Parameter configurationFile: The value of `--config`.
    /// - Throws: ``HistoryError``.
    package init(
        configurationFile: String?, settings: ConnectionSettings, environment: [String: String]
    ) throws(HistoryError) {
        self = try Self.named(configurationFile: configurationFile, settings: settings, environment: environment)
        for index in vCenters.indices {
            vCenters[index].route = try ProxyRoute(to: vCenters[index].address, environment: environment)
        }
    }

    private init(_ vCenters: [VCenterConfiguration], headCommand: [String]? = nil) {
        (self.vCenters, self.headCommand) = (vCenters, headCommand)
    }

    private static func named(
        configurationFile: String?, settings: ConnectionSettings, environment: [String: String]
    ) throws(HistoryError) -> CollectionConfiguration {
        let isOneNamed = settings.namesServer && configurationFile == nil
        guard !isOneNamed, let path = configurationFile ?? ConfigurationFile.defaultPath(environment: environment)
        else { return CollectionConfiguration([try settings.configuration()]) }
        let flags = settings.flags
        guard flags.isEmpty else {
            throw HistoryError(
                .usage,
                "\(flags.joined(separator: " and ")) cannot be combined with the configuration file \(path), which sets this for each of its vCenters",
                advice: "leave one of the two out")
        }
        let file = try ConfigurationFile(path: path)
        return CollectionConfiguration(file.vCenters, headCommand: file.headCommand)
    }
}
