/// Where a vCenter listens: always HTTPS, and always the API at the root of the host.
public struct VCenterAddress: Hashable, Sendable, CustomStringConvertible {
    /// Host name in lower case, or an IP address; an IPv6 address without brackets.
    public let host: String
    public let port: Int

    public init(host: String, port: Int = 443) {
        self.host = host.lowercased()
        self.port = port
    }

    private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    /// `https://HOST`, with the port where it is not 443; no slash at the end.
    public var baseURL: String { "https://" + bracketedHost + (port == 443 ? "" : ":\(port)") }

    /// `HOST:PORT`: how known-hosts files name it.
    public var description: String { "\(bracketedHost):\(port)" }

    /// What the vCenter is called where the configuration gives it no name.
    public var defaultName: String { host }
}
