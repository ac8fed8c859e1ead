import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// A failed connection in words for an operator: `connection refused` rather than the library's nested description.
struct TransportFault: CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
        description =
            switch error {
            case let error as NIOConnectionError:
                if let last = error.connectionErrors.last {
                    TransportFault(last.error).description
                } else {
                    "the host name cannot be resolved"
                }
            case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
            case ChannelError.connectTimeout(let time): "no answer within \(time.nanoseconds / 1_000_000_000) s"
            case is TLSHandshake.TimedOut: "the TLS handshake did not end in time"
            case is TLSHandshake.Closed: "the server closed the connection during the TLS handshake"
            case is NIOSSLError, is BoringSSLError: "the TLS handshake failed: \(error)"
            default: "\(error)"
            }
    }
}
