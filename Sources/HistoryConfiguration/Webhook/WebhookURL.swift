// Not FoundationEssentials: only Foundation converts non-ASCII host names to their xn-- form.
import Foundation
import GuestCustomization

/// The URL of a webhook: whoever knows it may post, so its path and query are a secret.
package struct WebhookURL: Hashable, Sendable, CustomStringConvertible {
    /// Host and port.
    package let address: VCenterAddress
    /// Whether it is HTTPS.
    package let isEncrypted: Bool
    /// Path and query, percent-encoded.
    package let target: Secret
    /// Value of `Authorization`, from a user name and a password in the URL; `nil` if there are none.
    package let authorization: Secret?

    /// `HOST:PORT`, without the secret.
    package var description: String { address.description }

    /// `https://HOST:PORT`, no trailing slash.
    package var baseURL: String {
        isEncrypted ? address.baseURL : "http" + address.baseURL.dropFirst("https".count)
    }

    /// The URL in a file that nobody else can read.
    ///
    /// - Parameter allowsPlainHTTP: Whether `http://` may lead to other machines than this one: where the URL is no secret.
    /// - Throws: ``HistoryError``, which does not quote the URL.
    package init(file path: String, allowsPlainHTTP: Bool = false) throws(HistoryError) {
        try self.init(
            SecretFile(path: path, of: "webhook").secret.exposed.withoutByteOrderMark, of: "webhook file \(path)",
            allowsPlainHTTP: allowsPlainHTTP)
    }

    init(_ text: String, of setting: String, allowsPlainHTTP: Bool) throws(HistoryError) {
        func refusal(_ problem: String, _ advice: String) -> HistoryError {
            HistoryError(.configuration, about: setting, problem, advice: advice)
        }
        let form = "write the whole URL in one line, such as https://HOST/PATH"
        guard !text.contains(where: \.isWhitespace), let url = URLComponents(string: text),
            let scheme = url.scheme?.lowercased(), let host = url.encodedHost, !host.isEmpty
        else { throw refusal("it is not a URL", form) }
        guard scheme == "https" || scheme == "http" else { throw refusal("it is not an http:// or https:// URL", form) }
        isEncrypted = scheme == "https"
        let bare = host.first == "[" ? String(host.dropFirst().dropLast()) : host
        let port = url.port ?? (isEncrypted ? 443 : 80)
        guard (1...65535).contains(port) else { throw refusal("it has a port outside 1 to 65535", form) }
        address = VCenterAddress(host: bare, port: port)
        if !isEncrypted, !ProxyExemptions.isLoopback(address.host) {
            guard allowsPlainHTTP, url.user == nil, url.password == nil else {
                throw refusal("it begins with http://, which would send it unencrypted", "write https://")
            }
        }
        let path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
        target = Secret(path + (url.percentEncodedQuery.map { "?" + $0 } ?? ""))
        let login = "\(url.user ?? ""):\(url.password ?? "")"
        authorization = login == ":" ? nil : Secret("Basic " + Data(login.utf8).base64EncodedString())
    }

    /// The target of Alertmanager's API, whether or not the URL has its path.
    package var alertmanagerTarget: Secret {
        let path = target.exposed
        guard !path.contains("?"), !path.hasSuffix("/api/v2/alerts") else { return target }
        return Secret((path.hasSuffix("/") ? String(path.dropLast()) : path) + "/api/v2/alerts")
    }
}

extension String {
    /// Windows editors put an invisible one before the text.
    fileprivate var withoutByteOrderMark: String {
        hasPrefix("\u{FEFF}") ? String(dropFirst()).trimming(while: \.isWhitespace) : self
    }
}
