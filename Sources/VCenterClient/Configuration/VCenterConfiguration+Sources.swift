extension VCenterConfiguration {
    /// The vCenters to be polled: those of the file named by `--config`; else the one named by `--server` or `GOVC_URL`; else those of the
    /// file at its default place.
    ///
    /// The shell's own `GOVC_URL` stands before a file in `/etc`, because where govc works, so do we.
    ///
    /// The environment's proxy variables hold for all of them.
    ///
    /// - Parameter configurationFile: the value of `--config`.
    /// - Throws: ``ConfigurationError``.
    package static func all(
        configurationFile: String?, settings: ConnectionSettings, environment: [String: String]
    ) throws(ConfigurationError) -> [VCenterConfiguration] {
        var all = try named(configurationFile: configurationFile, settings: settings, environment: environment)
        for index in all.indices {
            all[index].route = try ProxyRoute(to: all[index].address, environment: environment)
        }
        return all
    }

    private static func named(
        configurationFile: String?, settings: ConnectionSettings, environment: [String: String]
    ) throws(ConfigurationError) -> [VCenterConfiguration] {
        let isOneNamed = settings.namesServer && configurationFile == nil
        guard !isOneNamed, let path = configurationFile ?? ConfigurationFile.defaultPath(environment: environment)
        else { return [try settings.configuration()] }
        let flags = settings.flags
        guard flags.isEmpty else {
            throw ConfigurationError(
                .usage,
                "\(flags.joined(separator: " and ")) cannot stand beside the configuration file \(path), which says this for"
                    + " each of its vCenters; leave one of them out")
        }
        return try ConfigurationFile(path: path).vCenters
    }
}
