import GuestCustomization

extension VCenterConfiguration {
    /// What would be polled, how, and as which user, for `history config check`: a few lines without secrets.
    package var summary: String {
        let bulk = bulk == .always ? [("bulk", "true: customization is polled a thousand VMs at a time")] : []
        let lines = [
            ("address", address.baseURL),
            ("login", credentials.summary),
            ("trust", trust.summary),
            ("proxy", route.summary),
            ("endpoints", endpoints.summary),
        ] + bulk + [
            ("VMs", filter.summary),
            ("concurrency", "\(concurrency)"),
            (
                "time limits",
                "connect \(timeouts.connect.text), request \(timeouts.request.text),"
                    + " run \(timeouts.run?.text ?? "none")"
            ),
        ]
        return ([name] + lines.map { "  \($0.0.padded(to: 13))\($0.1)" }).joined(separator: "\n") + "\n"
    }
}

extension CredentialSource {
    fileprivate var summary: String {
        switch self {
        case .login(let user, _): "\(user), password from the environment"
        case .passwordFile(let user, let path): "\(user), password from \(path)"
        case .passwordCommand(let user, let command): "\(user), password from the command \(command.first ?? "")"
        case .tokenFile(let path): "token from \(path)"
        }
    }
}

extension EndpointChoice {
    fileprivate var summary: String {
        switch self {
        case .automatic: "\(self): customization-live if the vCenter has it, otherwise customization; and its events if it has the API"
        case .both: "\(self): whichever of customization-live and customization the vCenter has"
        case .named: "\(self)"
        }
    }
}

extension VirtualMachineFilter {
    fileprivate var summary: String {
        let parts = [
            ("names", names), ("folders", folders), ("clusters", clusters), ("hosts", hosts),
            ("datacenters", datacenters),
            ("power states", powerStates.map(\.rawValue)),
        ].filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: ", "))" }
        return parts.isEmpty ? "all" : parts.joined(separator: "; ")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
