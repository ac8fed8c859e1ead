/// An address for a mail's header, such as `ops@example.org`, or the name of a local user.
package struct MailAddress: Hashable, Sendable {
    /// The address, in printable ASCII that cannot end a header or begin a second address.
    package let text: String

    /// `nil` unless the text is one address without a display name. Addresses in other scripts (RFC 6531) are not accepted: not every
    /// sendmail sends to them.
    package init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"()<>[]:;,\\\"".utf8.contains($0) }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard isPlain, text.utf8.count <= 254, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), !text.hasPrefix("-")
        else { return nil }
        self.text = text
    }
}
