import GuestCustomization

/// A vCenter named outside a configuration file, by govc's variables and by flags.
package struct ConnectionSettings: Hashable, Sendable {
    /// `--server`; overrides `GOVC_URL`.
    package var server: String?
    /// `--token-file`; overrides any user name and password.
    package var tokenFile: String?
    /// `--ca-certificates`, colon-separated; overrides `GOVC_TLS_CA_CERTS`.
    package var authorityFiles: String?
    /// `--known-hosts`, colon-separated; overrides `GOVC_TLS_KNOWN_HOSTS`.
    package var knownHostsFiles: String?
    /// `--insecure`, or `GOVC_INSECURE`.
    package var isInsecure = false

    private var environment: [String: Secret]
    private let home: String?

    /// - Parameter environment: The process's environment; only `GOVC_*` and `HOME` are read. No file is opened before ``configuration()``.
    package init(environment: [String: String]) {
        home = environment["HOME"]
        self.environment = environment.filter { $0.key.hasPrefix("GOVC_") && !$0.value.isEmpty }.mapValues(Secret.init)
        isInsecure = isInsecureByEnvironment
    }

    private var isInsecureByEnvironment: Bool {
        // As in govc, any other word means "no".
        ["1", "true"].contains(environment["GOVC_INSECURE"]?.exposed.lowercased())
    }

    /// Whether a vCenter is named at all. If not, a configuration file has to name one.
    package var namesServer: Bool { server != nil || environment["GOVC_URL"] != nil }

    /// The given flags that apply to one vCenter, and so cannot be combined with a file that names many.
    var flags: [String] {
        [
            ("--server", server != nil), ("--token-file", tokenFile != nil),
            ("--ca-certificates", authorityFiles != nil),
            ("--known-hosts", knownHostsFiles != nil), ("--insecure", isInsecure && !isInsecureByEnvironment),
        ].filter(\.1).map(\.0)
    }

    /// Reads the files that the settings name, and puts everything together.
    ///
    /// - Throws: ``HistoryError`` with the variable or flag, and what to do.
    package func configuration() throws(HistoryError) -> VCenterConfiguration {
        let url = try serverURL()
        return VCenterConfiguration(
            address: url.address, credentials: try credentialSource(url), trust: try trust())
    }

    private func serverURL() throws(HistoryError) -> VCenterURL {
        if let server {
            let url = try Self.url(server, of: "--server", .usage)
            // Any user of the machine can see the arguments of processes.
            guard url.password == nil else {
                throw HistoryError(
                    .usage, "--server contains a password, which every user of this machine could see",
                    advice: "put it into GOVC_PASSWORD, or name a file there that contains it")
            }
            return url
        }
        guard let url = environment["GOVC_URL"] else {
            throw HistoryError(
                .usage, "no vCenter is named", advice: "give --server HOST, set GOVC_URL, or write a configuration file"
            )
        }
        return try Self.url(url.exposed, of: "GOVC_URL", .configuration)
    }

    private static func url(
        _ text: String, of setting: String, _ code: HistoryError.Code
    ) throws(HistoryError) -> VCenterURL {
        do throws(VCenterURL.Invalid) {
            return try VCenterURL(text)
        } catch {
            throw HistoryError(code, "\(setting) \(error.reason)")
        }
    }

    /// govc's order: each variable overrides its part of the URL.
    private func credentialSource(_ url: VCenterURL) throws(HistoryError) -> CredentialSource {
        if let tokenFile { return .tokenFile(path: tokenFile) }
        let variables = environment.mapValues(\.exposed)
        let host = url.address.host
        guard
            let user = try GovcSecret.value(of: "GOVC_USERNAME", .userName, in: variables, home: home)?.text ?? url.user
        else {
            throw HistoryError(
                .configuration, "no user name for \(host)",
                advice: "set GOVC_USERNAME to it, or to a file that contains it")
        }
        guard !user.contains(":") else {
            throw HistoryError(
                .configuration, "the user name for \(host) contains a colon, which HTTP Basic cannot carry",
                advice: "set GOVC_USERNAME without one")
        }
        let named = try GovcSecret.value(of: "GOVC_PASSWORD", .password, in: variables, home: home)
        // Read again for each run, like a password file in the configuration.
        if let path = named?.path { return .passwordFile(user: user, path: path) }
        guard let password = (named?.text).map(Secret.init) ?? url.password else {
            throw HistoryError(
                .configuration, "no password for \(host)",
                advice: "set GOVC_PASSWORD to a file that contains it, or to the password itself")
        }
        return .login(user: user, password: password)
    }

    private func trust() throws(HistoryError) -> CertificateTrust {
        // Not read when nothing is verified: govc ignores them then, too.
        if isInsecure { return .insecure }
        return try CertificateTrust(
            authorityFiles: Self.paths(authorityFiles ?? environment["GOVC_TLS_CA_CERTS"]?.exposed),
            authoritySetting: authorityFiles == nil ? "GOVC_TLS_CA_CERTS" : "--ca-certificates",
            knownHostsFiles: Self.paths(knownHostsFiles ?? environment["GOVC_TLS_KNOWN_HOSTS"]?.exposed))
    }

    private static func paths(_ list: String?) -> [String] {
        list?.split(separator: ":").map(String.init) ?? []
    }
}
