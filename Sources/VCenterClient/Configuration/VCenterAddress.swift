import Glibc

/// Where a vCenter listens: always HTTPS, and always the API at the root of the host.
package struct VCenterAddress: Hashable, Sendable, CustomStringConvertible {
    /// Host name in lower case and without the dot that may end it, or an IP address; an IPv6 address without brackets.
    package let host: String
    package let port: Int

    package init(host: String, port: Int = 443) {
        // `vcsa.example.org.` is `vcsa.example.org` (RFC 1034 §3.1). No certificate, known host or server name indication has the dot.
        let host = host.lowercased()
        self.host = host.hasSuffix(".") && host != "." ? String(host.dropLast()) : host
        self.port = port
    }

    private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    /// `https://HOST`, with the port where it is not 443; no slash at the end.
    package var baseURL: String { "https://" + bracketedHost + (port == 443 ? "" : ":\(port)") }

    /// `HOST:PORT`: how known-hosts files name it.
    package var description: String { "\(bracketedHost):\(port)" }

    /// What the vCenter is called where the configuration gives it no name: `HOST`, or `HOST:PORT` where the port is not 443.
    package var defaultName: String {
        let name = VCenterAddress(host: host.withoutTrailingDot, port: port)
        return port == 443 ? name.host : name.description
    }

    /// The same for two spellings of one address: letter case, the root's dot and the digits of an IPv6 address do not count.
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
    /// A host name without the dot that stands for the root of the domain name system.
    fileprivate var withoutTrailingDot: String { count > 1 && hasSuffix(".") ? String(dropLast()) : self }
}
