import GuestCustomization

/// The value of `NO_PROXY`: the hosts reached without a proxy, parsed by the rules of Go's `httpproxy`.
///
/// Comma-separated items: `*` for everything; an IP address or a CIDR block; `example.org` for the domain and its subdomains;
/// `.example.org` or `*.example.org` for its subdomains only. Each except a block may end in `:PORT`.
struct ProxyExemptions {
    private enum Item {
        case block(IPBlock)
        case address([UInt8], port: Int?)
        /// `suffix` starts with a dot.
        case domain(suffix: String, isItselfMeant: Bool, port: Int?)
    }

    private var items: [Item] = []
    private var isEverything = false

    init(_ list: String) {
        for part in list.split(separator: ",") {
            let text = String(part).trimming(while: \.isWhitespace).lowercased()
            if text.isEmpty { continue }
            if text == "*" {
                isEverything = true
                return
            }
            if let block = IPBlock(text) {
                items.append(.block(block))
                continue
            }
            let (host, port) = Self.parts(of: text)
            guard !host.isEmpty else { continue }
            if let address = host.ipAddressBytes {
                items.append(.address(address, port: port))
                continue
            }
            var suffix = host.hasPrefix("*.") ? String(host.dropFirst()) : host
            // Neither certificates nor our addresses have a trailing dot.
            if suffix.hasSuffix("."), suffix.count > 1 { suffix.removeLast() }
            let isItselfMeant = !suffix.hasPrefix(".")
            items.append(
                .domain(suffix: isItselfMeant ? "." + suffix : suffix, isItselfMeant: isItselfMeant, port: port))
        }
    }

    func include(_ address: VCenterAddress) -> Bool {
        isEverything
            || items.contains { item in
                switch item {
                case .block(let block): block.contains(address.host)
                case .address(let bytes, let port):
                    address.host.ipAddressBytes == bytes && (port ?? address.port) == address.port
                case .domain(let suffix, let isItselfMeant, let port):
                    address.host.ipAddressBytes == nil && (port ?? address.port) == address.port
                        && (address.host.hasSuffix(suffix) || (isItselfMeant && "." + address.host == suffix))
                }
            }
    }

    /// Whether a host is always this machine: `localhost`, 127.0.0.0/8 and ::1. A name that merely resolves to one of them is not.
    static func isLoopback(_ host: String) -> Bool {
        guard let bytes = host.ipAddressBytes else { return host == "localhost" }
        return bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT`, or an IPv6 address.
    private static func parts(of text: String) -> (host: String, port: Int?) {
        if text.ipAddressBytes != nil { return (text, nil) }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let host = String(text[text.index(after: text.startIndex)..<end])
            return (host, Int(text[text.index(after: end)...].drop { $0 == ":" }))
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
            return (text, nil)
        }
        return (String(text[..<colon]), port)
    }
}
