import HistoryConfiguration

/// Why a proxy did not open a tunnel to a vCenter.
struct ProxyFault: Error {
    enum Kind: Equatable {
        /// The connection to the proxy itself failed; with the reason.
        case unreachable(String)
        /// It answered CONNECT with this HTTP status.
        case refused(Int)
        case silent
        case closed
        case notHTTP
    }

    var kind: Kind
    var proxy: Proxy
    var target: VCenterAddress

    /// Whether another attempt would end the same way. Repeating a login may lock the account.
    var isFinal: Bool { [.refused(407), .refused(401), .refused(403)].contains(kind) }

    /// What happened and what to do, as a clause.
    var reason: String {
        switch kind {
        case .unreachable(let why):
            "cannot connect to the proxy: \(why); check HTTPS_PROXY and that a proxy is listening there"
        // 407 by RFC 9110; tinyproxy answers 401 to a wrong login.
        case .refused(let status) where status == 407 || status == 401:
            proxy.user == nil
                ? "it asks for a user name and a password (HTTP \(status)); write them into the URL in HTTPS_PROXY"
                : "it rejects the user name and password in HTTPS_PROXY (HTTP \(status))"
        case .refused(403):
            "it does not allow connections to \(target) (HTTP 403); ask for them to be allowed, or exempt the vCenter in NO_PROXY"
        case .refused(let status):
            "it answered HTTP \(status) to CONNECT; check that it can reach the vCenter, or exempt the vCenter in NO_PROXY"
        case .silent: "it did not answer CONNECT in time"
        case .closed: "it closed the connection without answering CONNECT"
        case .notHTTP: "the server there is not an HTTP proxy; check HTTPS_PROXY"
        }
    }
}
