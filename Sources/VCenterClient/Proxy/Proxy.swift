import AsyncHTTPClient
import Foundation

/// An HTTP proxy that tunnels to a vCenter by CONNECT.
package struct Proxy: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int
    let user: String?
    let password: Secret?

    /// The proxy without its password: `http://user@proxy.example.org:3128`.
    package var description: String {
        "http://" + (user.map { "\($0.shown())@" } ?? "") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }

    /// Value of `Proxy-Authorization`; RFC 7617 in UTF-8.
    var authorization: Secret? {
        guard let user else { return nil }
        return Secret("Basic " + Data("\(user):\(password?.exposed ?? "")".utf8).base64EncodedString())
    }

    /// The same for the HTTP client that pools the connections.
    var clientSetting: HTTPClient.Configuration.Proxy {
        .server(
            host: host, port: port, authorization: user.map { .basic(username: $0, password: password?.exposed ?? "") })
    }

    /// - Parameters:
    ///   - text: The variable's value: a URL, or `HOST:PORT`. The default port is 80, as in Go.
    ///   - variable: The variable's name, for errors.
    init(_ text: String, of variable: String) throws(ConfigurationError) {
        func refusal(_ problem: String) -> ConfigurationError {
            ConfigurationError(
                .configuration, "\(variable) \(problem); write http://HOST:PORT, or unset it if there is no proxy")
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
