import GuestCustomization

/// How a vCenter is reached: directly, or through a proxy.
package struct ProxyRoute: Hashable, Sendable {
    /// `nil` for a direct connection.
    package var proxy: Proxy?
    /// For people: `http://proxy.example.org:3128 (HTTPS_PROXY)`, `none: NO_PROXY exempts this vCenter`.
    package var summary: String

    /// Direct, because no proxy is set.
    package static let direct = ProxyRoute(proxy: nil, summary: "none")

    /// The rules that govc takes from Go (`httpproxy` in `golang.org/x/net`): `HTTPS_PROXY`, else `https_proxy`; never for
    /// `localhost`, loopback addresses, or what `NO_PROXY` (else `no_proxy`) exempts.
    ///
    /// - Throws: ``HistoryError`` if the proxy cannot be used: connecting directly would not be what the user asked for.
    package init(
        to address: VCenterAddress, environment: [String: String]
    ) throws(HistoryError) {
        func first(_ names: String...) -> (name: String, value: String)? {
            for name in names { if let value = environment[name], !value.isEmpty { return (name, value) } }
            return nil
        }
        guard let (name, value) = first("HTTPS_PROXY", "https_proxy") else {
            self = .direct
            if let (name, _) = first("HTTP_PROXY", "http_proxy") {
                summary = "none: \(name) is for http:// only, and HTTPS_PROXY is not set"
            }
            return
        }
        if ProxyExemptions.isLoopback(address.host) {
            self.init(proxy: nil, summary: "none: connections to this machine never use a proxy")
        } else if let (name, list) = first("NO_PROXY", "no_proxy"), ProxyExemptions(list).include(address) {
            self.init(proxy: nil, summary: "none: \(name) exempts this vCenter")
        } else {
            let proxy = try Proxy(value, of: name)
            self.init(proxy: proxy, summary: "\(proxy) (\(name))")
        }
    }

    private init(proxy: Proxy?, summary: String) {
        self.proxy = proxy
        self.summary = summary
    }
}
