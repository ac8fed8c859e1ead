/// Why no trusted connection to a vCenter could be made. No request was sent, so no password was either.
package struct TrustError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// No connection, or it broke during the handshake.
        case unreachable
        /// The server does not speak TLS.
        case notTLS
        /// The proxy refuses the connection, and will refuse it the next time.
        case refusedByProxy
        /// No trusted authority signed the certificate, and it is not pinned.
        case unknownIssuer
        /// The certificate was issued to another host, and it is not pinned.
        case hostNameMismatch
        /// The certificate is not yet valid, or has expired; a pin does not help.
        case outsideValidity
        /// A different certificate is pinned for this address.
        case thumbprintMismatch
    }

    package var kind: Kind
    /// One line: what was tried, on what, what happened, and what to do.
    package var message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
