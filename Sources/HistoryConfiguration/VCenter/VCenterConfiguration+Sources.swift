import GuestCustomization

extension VCenterConfiguration {
    /// The vCenters to poll: those in the file named by `--config`; else the one named by `--server` or `GOVC_URL`; else those in the
    /// default file.
    ///
    /// `GOVC_URL` overrides a file in `/etc`, because this program should work wherever govc works.
    ///
    /// The environment's proxy variables apply to all of them.
    ///
    /// - Parameter configurationFile: The value of `--config`.
    /// - Throws: ``HistoryError``.
    package static func all(
        configurationFile: String?, settings: ConnectionSettings, environment: [String: String]
    ) throws(HistoryError) -> [VCenterConfiguration] {
        var all = try named(configurationFile: configurationFile, settings: settings, environment: environment)
        for index in all.indices {
            all[index].route = try ProxyRoute(to: all[index].address, environment: environment)
        }
        return all
    }

    private static func named(
        configurationFile: String?, settings: ConnectionSettings, environment: [String: String]
    ) throws(HistoryError) -> [VCenterConfiguration] {
        let isOneNamed = settings.namesServer && configurationFile == nil
        guard !isOneNamed, let path = configurationFile ?? ConfigurationFile.defaultPath(environment: environment)
        else { return [try settings.configuration()] }
        let flags = settings.flags
        guard flags.isEmpty else {
            throw HistoryError(
                .usage,
                "\(flags.joined(separator: " and ")) cannot be combined with the configuration file \(path), which sets this for each of its vCenters",
                advice: "leave one of the two out")
        }
        return try ConfigurationFile(path: path).vCenters
    }
}
