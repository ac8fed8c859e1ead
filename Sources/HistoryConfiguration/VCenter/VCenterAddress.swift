import Glibc

/// The address of a vCenter. It is always HTTPS, with the API at the root of the host.
package struct VCenterAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name in lower case without a trailing dot, or an IP address; an IPv6 address has no brackets.
    package let host: String
    /// TCP port.
    package let port: Int

    /// An address; the host may be in any case and end in a dot.
    package init(host: String, port: Int = 443) {
        // `vcsa.example.org.` is `vcsa.example.org` (RFC 1034 §3.1). Certificates, known hosts and server name indication never have the dot.
        let host = host.lowercased()
        self.host = host.hasSuffix(".") && host != "." ? String(host.dropLast()) : host
        self.port = port
    }

    private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    /// `https://HOST`, with the port if it is not 443; no trailing slash.
    package var baseURL: String { "https://" + bracketedHost + (port == 443 ? "" : ":\(port)") }

    /// `HOST:PORT`, as in known-hosts files.
    package var description: String { "\(bracketedHost):\(port)" }

    /// The name of the vCenter if the configuration gives it none: `HOST`, or `HOST:PORT` if the port is not 443.
    package var defaultName: String {
        let name = VCenterAddress(host: host.withoutTrailingDot, port: port)
        return port == 443 ? name.host : name.description
    }

    /// Equal for two spellings of one address: letter case, a trailing dot and the form of an IPv6 address make no difference.
    var canonical: VCenterAddress {
        var address = in6_addr()
        guard inet_pton(AF_INET6, host, &address) == 1 else {
            return VCenterAddress(host: host.withoutTrailingDot, port: port)
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return self }
        return VCenterAddress(
            host: String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self), port: port)
    }
}

extension String {
    /// A host name without its trailing dot.
    fileprivate var withoutTrailingDot: String { count > 1 && hasSuffix(".") ? String(dropLast()) : self }
}
