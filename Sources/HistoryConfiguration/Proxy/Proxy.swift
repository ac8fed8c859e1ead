import Foundation
import GuestCustomization

/// An HTTP proxy that tunnels to a vCenter by CONNECT.
package struct Proxy: Hashable, Sendable, CustomStringConvertible {
    /// A host name or an IP address; an IPv6 address has no brackets.
    package let host: String
    /// TCP port; 80 if the variable has none.
    package let port: Int
    /// `nil` if the proxy asks for none.
    package let user: String?
    /// `nil` if the variable has none.
    package let password: Secret?

    /// The proxy without its password: `http://user@proxy.example.org:3128`.
    package var description: String {
        "http://" + (user.map { "\($0.shown())@" } ?? "") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }

    /// Value of `Proxy-Authorization`; RFC 7617 in UTF-8.
    package var authorization: Secret? {
        guard let user else { return nil }
        return Secret("Basic " + Data("\(user):\(password?.exposed ?? "")".utf8).base64EncodedString())
    }

    /// - Parameters:
    ///   - text: The variable's value: a URL, or `HOST:PORT`. The default port is 80, as in Go.
    ///   - variable: The variable's name, for errors.
    init(_ text: String, of variable: String) throws(HistoryError) {
        func refusal(_ problem: String) -> HistoryError {
            HistoryError(
                .configuration, "\(variable) \(problem)",
                advice: "write http://HOST:PORT, or unset it if there is no proxy")
        }
        let text = text.trimming(while: \.isWhitespace)
        let scheme = text.range(of: "://").map { text[..<$0.lowerBound].lowercased() }
        guard scheme == nil || scheme == "http" else {
            let shown =
                ["https", "socks5", "socks5h"].contains(scheme) ? "of kind \(scheme ?? "")://" : "of another kind"
            throw refusal("names a proxy \(shown), but only http:// proxies are supported")
        }
        guard let url = URLComponents(string: scheme == nil ? "http://" + text : text), let host = url.encodedHost,
            !host.isEmpty, (url.percentEncodedUser == nil) == (url.user == nil),
            (url.percentEncodedPassword == nil) == (url.password == nil)
        else {
            throw refusal(
                "is not the URL of a proxy (each of / ? # % @ in a user name or password is %2F %3F %23 %25 %40)")
        }
        let port = url.port ?? 80
        guard (1...65535).contains(port) else { throw refusal("has a port outside 1 to 65535") }
        self.host = host.first == "[" ? String(host.dropFirst().dropLast()) : host
        self.port = port
        user = url.user.flatMap { $0.isEmpty ? nil : $0 }
        password = url.password.map(Secret.init)
    }
}
