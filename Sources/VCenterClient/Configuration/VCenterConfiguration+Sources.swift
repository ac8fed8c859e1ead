extension VCenterConfiguration {
    /// The vCenters to be polled: those of the file named by `--config`; else the one named by `--server` or `GOVC_URL`; else those of the
    /// file at its default place.
    ///
    /// The shell's own `GOVC_URL` stands before a file in `/etc`, because where govc works, so do we.
    ///
    /// - Parameter configurationFile: the value of `--config`.
    /// - Throws: ``ConfigurationError``.
    public static func all(
        configurationFile: String?, settings: ConnectionSettings, environment: [String: String]
    ) throws(ConfigurationError) -> [VCenterConfiguration] {
        if let configurationFile {
            guard settings.server == nil else {
                throw ConfigurationError(.usage, "--config and --server both name vCenters; give one of them")
            }
            return try ConfigurationFile(path: configurationFile).vCenters
        }
        if !settings.namesServer, let path = ConfigurationFile.defaultPath(environment: environment) {
            return try ConfigurationFile(path: path).vCenters
        }
        return [try settings.configuration()]
    }
}
