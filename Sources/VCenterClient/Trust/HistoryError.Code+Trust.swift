import GuestCustomization

/// Why no trusted connection to a vCenter could be made; also ``HistoryError/Code/unreachable``, if there was no connection or it broke
/// during the handshake. No request was sent, so no password was either.
extension HistoryError.Code {
    /// The server does not speak TLS.
    package static let notTLS = Self(rawValue: "notTLS")
    /// The proxy refuses the connection, and will refuse it the next time.
    package static let refusedByProxy = Self(rawValue: "refusedByProxy")
    /// No trusted authority signed the certificate, and it is not pinned.
    package static let unknownIssuer = Self(rawValue: "unknownIssuer")
    /// The certificate was issued to another host, and it is not pinned.
    package static let hostNameMismatch = Self(rawValue: "hostNameMismatch")
    /// The certificate is not yet valid, or has expired; a pin does not help.
    package static let outsideValidity = Self(rawValue: "outsideValidity")
    /// A different certificate is pinned for this address.
    package static let thumbprintMismatch = Self(rawValue: "thumbprintMismatch")
}
