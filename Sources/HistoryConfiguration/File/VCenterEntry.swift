import GuestCustomization

/// One vCenter in a configuration file, with the file's defaults.
struct VCenterEntry {
    static let keys = ["name", "url", "thumbprint"] + sharedKeys
    static let sharedKeys =
        ["username"] + credentialKeys + [
            "ca_certificates", "known_hosts", "insecure", "endpoints", "bulk", "filters", "concurrency", "timeouts",
        ]
    private static let credentialKeys = ["password_file", "password_command", "token_file"]
    private static let trustKeys = ["ca_certificates", "known_hosts", "thumbprint"]

    var own: YAMLSection
    var defaults: YAMLSection

    func configuration() throws(HistoryError) -> VCenterConfiguration {
        guard let written = try own.string("url") else {
            throw own.refusal(own.line, "a vCenter without a url; add url: and its host name")
        }
        let url: VCenterURL
        do throws(VCenterURL.Invalid) {
            url = try VCenterURL(written.value)
        } catch {
            throw own.refusal(written.line, "url \(error.reason)")
        }
        guard url.password == nil else {
            throw own.refusal(
                written.line, "url contains a password; remove it and name a password_file or a password_command")
        }
        var configuration = VCenterConfiguration(
            name: try own.string("name")?.value, address: url.address,
            credentials: try credentialSource(user: url.user),
            trust: try trust(), filter: try filter(), timeouts: try timeouts())
        if let endpoints = try endpoints() { configuration.endpoints = endpoints }
        let range = VCenterConfiguration.concurrencyRange
        let (ownLimit, limit) = (
            try own.integer("concurrency", in: range), try defaults.integer("concurrency", in: range)
        )
        configuration.concurrency = ownLimit ?? limit ?? configuration.concurrency
        let (ownBulk, bulk) = (try own.bool("bulk"), try defaults.bool("bulk"))
        configuration.bulk = ownBulk ?? bulk ?? false ? .always : .never
        return configuration
    }

    /// The value from the vCenter's own section, or else from the defaults.
    private func first<Value>(
        _ read: (YAMLSection) -> (String) throws(HistoryError) -> Value?, _ key: String
    ) throws(HistoryError) -> Value? {
        // Read the defaults even if they are overridden, so that a mistake in them is always found.
        let (ownValue, value) = (try read(own)(key), try read(defaults)(key))
        return ownValue ?? value
    }

    private func credentialSource(user: String?) throws(HistoryError) -> CredentialSource {
        // A vCenter with its own credentials inherits only the user name from the defaults.
        let section = Self.credentialKeys.contains(where: own.contains) ? own : defaults
        let given = Self.credentialKeys.filter(section.contains)
        guard let kind = given.first else {
            throw own.refusal(
                own.line,
                "no credentials for this vCenter; add username and a password_file, or another of"
                    + " password_command, token_file")
        }
        guard given.count == 1 else {
            throw section.refusal(section.line, "\(given.joined(separator: " and ")) are both set; keep one")
        }
        if kind == "token_file" { return .tokenFile(path: try path(section, kind)) }
        let username = try first(YAMLSection.string, "username")
        guard let user = username?.value ?? user else {
            throw own.refusal(own.line, "a \(kind) but no user name; add username")
        }
        guard !user.contains(":") else {
            throw own.refusal(
                username?.line ?? own.line, "the user name contains a colon, which HTTP Basic cannot carry")
        }
        if kind == "password_file" { return .passwordFile(user: user, path: try path(section, kind)) }
        let command = try section.strings(kind)?.map(\.value) ?? []
        guard command.count > 1 || command.first?.contains(" ") == false else {
            throw HistoryError(
                .configuration, "\(section.place(kind)) runs without a shell",
                advice: "write a list: [PROGRAM, ARGUMENT], or [sh, -c, '…']")
        }
        return .passwordCommand(user: user, command: command)
    }

    private func trust() throws(HistoryError) -> CertificateTrust {
        for section in [own, defaults] where try section.bool("insecure") == true {
            let contradicted = Self.trustKeys.filter(section.contains)
            guard contradicted.isEmpty else {
                throw HistoryError(
                    .configuration, about: section.place("insecure"),
                    "true leaves \(contradicted.joined(separator: " and ")) without effect", advice: "keep one")
            }
        }
        // A vCenter with its own trust settings is verified, whatever the defaults say.
        let isVerified = Self.trustKeys.contains(where: own.contains)
        let isInsecureByDefault = try defaults.bool("insecure") == true && !isVerified
        if try own.bool("insecure") ?? isInsecureByDefault { return .insecure }

        var pin: Thumbprint?
        if let written = try own.string("thumbprint") {
            pin = Thumbprint(written.value)
            guard pin != nil else {
                throw own.refusal(
                    written.line, "thumbprint must be 32 (SHA-256) or 20 (SHA-1) hex pairs separated by colons")
            }
        }
        return try CertificateTrust(
            authorityFiles: try paths("ca_certificates"),
            authoritySetting: (own.contains("ca_certificates") ? own : defaults).place("ca_certificates"),
            knownHostsFiles: try paths("known_hosts"), thumbprint: pin, thumbprintSetting: own.place("thumbprint"))
    }

    private func endpoints() throws(HistoryError) -> EndpointChoice? {
        guard let words = try first(YAMLSection.strings, "endpoints") else {
            return nil
        }
        var chosen: Set<Endpoint> = []
        for word in words {
            if word.value == "auto" || word.value == "both" {
                guard words.count == 1 else {
                    throw own.refusal(
                        word.line, "\(word.value) cannot be combined with others; write endpoints: \(word.value)")
                }
                return word.value == "auto" ? .automatic : .both
            } else if let endpoint = Endpoint(rawValue: word.value) {
                chosen.insert(endpoint)
            } else {
                let known = Endpoint.allCases.map(\.rawValue) + ["both", "auto"]
                throw own.refusal(word.line, YAMLSection.unknown("endpoint", word.value, known: known))
            }
        }
        if chosen == [.events], let word = words.first {
            throw own.refusal(
                word.line,
                "events alone do not tell which VMs there are; add customization-live or customization, or write endpoints: auto")
        }
        return .named(Endpoint.allCases.filter(chosen.contains))
    }

    /// A vCenter's own filters replace the default filters completely: nobody intends a mixture of the two.
    private func filter() throws(HistoryError) -> VirtualMachineFilter {
        let keys = ["names", "folders", "clusters", "hosts", "datacenters", "power_states"]
        let (ownSection, section) = (
            try own.section("filters", keys: keys), try defaults.section("filters", keys: keys)
        )
        guard let section = ownSection ?? section else { return VirtualMachineFilter() }
        func texts(_ key: String) throws(HistoryError) -> [String] {
            try section.strings(key)?.map(\.value) ?? []
        }
        var powerStates: [VirtualMachineFilter.PowerState] = []
        for word in try section.strings("power_states") ?? [] {
            guard let state = VirtualMachineFilter.PowerState(rawValue: word.value.uppercased()) else {
                let known = VirtualMachineFilter.PowerState.allCases.map { $0.rawValue.lowercased() }
                throw section.refusal(word.line, YAMLSection.unknown("power state", word.value, known: known))
            }
            powerStates.append(state)
        }
        return VirtualMachineFilter(
            names: try texts("names"), folders: try texts("folders"), clusters: try texts("clusters"),
            hosts: try texts("hosts"), datacenters: try texts("datacenters"), powerStates: powerStates)
    }

    private func timeouts() throws(HistoryError) -> Timeouts {
        var timeouts = Timeouts()
        for section in [defaults, own] {
            guard let section = try section.section("timeouts", keys: ["connect", "request", "run"]) else { continue }
            if let connect = try section.duration("connect") { timeouts.connect = connect }
            if let request = try section.duration("request") { timeouts.request = request }
            if let run = try section.duration("run") { timeouts.run = run }
        }
        return timeouts
    }

    private func paths(_ key: String) throws(HistoryError) -> [String] {
        try first(YAMLSection.strings, key)?.map { absolute($0.value) } ?? []
    }

    private func path(_ section: YAMLSection, _ key: String) throws(HistoryError) -> String {
        absolute(try section.string(key)?.value ?? "")
    }

    /// Relative to the configuration file, because cron and systemd choose the working directory.
    private func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = own.path.lastIndex(of: "/") else { return path }
        return own.path[...slash] + path
    }
}
