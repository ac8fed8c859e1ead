// Not FoundationEssentials: only Foundation converts non-ASCII host names to their xn-- form.
import Foundation
import GuestCustomization

/// A vCenter's URL as an operator writes it for `govc`: scheme and `/sdk` optional, user name and password allowed.
///
/// The rules are those of `ParseURL` in govmomi's `vim25/soap`, with two differences: plain HTTP is refused, and non-ASCII user
/// names and passwords need no percent-encoding.
package struct VCenterURL: Hashable, Sendable, CustomStringConvertible {
    /// Why a text is not a vCenter's URL. One clause, to follow the name of the setting; quotes nothing that may be a password.
    package struct Invalid: Error, Hashable, Sendable {
        /// The clause, such as `has no host; write https://HOST`.
        package var reason: String
    }

    /// Host and port; the port is 443 if the URL has none.
    package var address: VCenterAddress
    /// Percent-decoded; `nil` if the URL has no user.
    package var user: String?
    /// Percent-decoded; `nil` if the URL has no password.
    package var password: Secret?

    /// The address only.
    package var description: String { address.baseURL }

    /// Reads a URL.
    ///
    /// - Throws: ``Invalid`` for anything else, such as plain HTTP.
    package init(_ text: String) throws(Invalid) {
        let text = text.trimming(while: \.isWhitespace)
        guard !text.isEmpty else { throw Invalid(reason: "is empty; write the vCenter's host name") }
        let components = try Self.components(of: text)
        address = VCenterAddress(host: try Self.host(of: components), port: try Self.port(of: components))
        (user, password) = try Self.userInformation(of: components)
        guard ["", "/", "/sdk", "/sdk/"].contains(components.path), components.query == nil, components.fragment == nil
        else {
            throw Invalid(
                reason: "has more than a host name and /sdk; the API is at the root of the host, so write https://HOST")
        }
    }

    private static func components(of text: String) throws(Invalid) -> URLComponents {
        var text = text
        if let end = text.range(of: "://"), !text[..<end.lowerBound].contains(where: { "@/:?#[".contains($0) }) {
            switch text[..<end.lowerBound].lowercased() {
            case "https": break
            case "http":
                throw Invalid(
                    reason: "begins with http://, which would send the password unencrypted; write https://HOST")
            default: throw Invalid(reason: "begins with a scheme other than https://; write https://HOST")
            }
        } else {
            text = "https://" + text
        }
        guard let components = URLComponents(string: text) else {
            throw Invalid(
                reason:
                    "is not a URL; write https://HOST:PORT, an IPv6 address in brackets, and each of / ? # % in a user"
                    + " name or password as %2F %3F %23 %25")
        }
        return components
    }

    private static func host(of components: URLComponents) throws(Invalid) -> String {
        let host = components.encodedHost ?? ""
        guard !host.isEmpty, host != "." else { throw Invalid(reason: "has no host; write https://HOST") }
        if host.first == "[", host.last == "]" {
            let literal = String(host.dropFirst().dropLast())
            if let zone = literal.firstIndex(of: "%"), String(literal[..<zone]).ipAddressBytes != nil {
                throw Invalid(
                    reason:
                        "has an IPv6 address with a zone (the part after %), which is not supported because a certificate cannot name it;"
                        + " write a host name, or an address without a zone")
            }
            guard literal.ipAddressBytes != nil else {
                throw Invalid(reason: "has brackets around something that is not an IPv6 address")
            }
            return literal
        }
        guard host.utf8.count <= 253,
            host.utf8.allSatisfy({
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            })
        else {
            throw Invalid(reason: "has characters that are not allowed in a host name; write https://HOST")
        }
        return host
    }

    private static func port(of components: URLComponents) throws(Invalid) -> Int {
        let port = components.port ?? 443
        guard (1...65535).contains(port) else { throw Invalid(reason: "has a port outside 1 to 65535") }
        return port
    }

    private static func userInformation(of components: URLComponents) throws(Invalid) -> (String?, Secret?) {
        guard (components.percentEncodedUser == nil) == (components.user == nil),
            (components.percentEncodedPassword == nil) == (components.password == nil)
        else {
            throw Invalid(reason: "has a user name or password whose percent-encoding is not UTF-8")
        }
        // govc also treats an empty user name as none.
        let user = components.user.flatMap { $0.isEmpty ? nil : $0 }
        let password = components.password.flatMap { $0.isEmpty ? nil : Secret($0) }
        return (user, password)
    }
}
