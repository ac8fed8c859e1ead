/// Why no trusted connection to a vCenter could be made. No request was sent, and so no password either.
package struct TrustError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// No connection, or it broke in the handshake.
        case unreachable
        /// What answers does not speak TLS.
        case notTLS
        /// The proxy on the way does not let us through, and will not the next time.
        case refusedByProxy
        /// No trusted authority vouches for the certificate, and it is not pinned.
        case unknownIssuer
        /// The certificate is another host's, and it is not pinned.
        case hostNameMismatch
        /// The certificate is not valid yet, or no more; a pin does not help.
        case outsideValidity
        /// Another certificate is pinned for this address.
        case thumbprintMismatch
    }

    package var kind: Kind
    /// One line: what was tried, on what, what happened, what to do now.
    package var message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
