/// Why a proxy made no tunnel to a vCenter.
struct ProxyFault: Error {
    enum Kind: Equatable {
        /// The proxy itself could not be connected to; with why.
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

    /// Whether another try would end the same way; a login that is tried again and again may be locked.
    var isFinal: Bool { [.refused(407), .refused(401), .refused(403)].contains(kind) }

    /// What happened and what to do, as a clause.
    var reason: String {
        switch kind {
        case .unreachable(let why):
            "the proxy cannot be connected to: \(why); check HTTPS_PROXY and that a proxy listens there"
        // 407 by RFC 9110; tinyproxy says 401 where a login is wrong.
        case .refused(let status) where status == 407 || status == 401:
            proxy.user == nil
                ? "it asks for a user name and a password (HTTP \(status)); write them into the URL in HTTPS_PROXY"
                : "it does not take the user name and password that stand in HTTPS_PROXY (HTTP \(status))"
        case .refused(403):
            "it does not allow connections to \(target) (HTTP 403); have them allowed, or exempt the vCenter in NO_PROXY"
        case .refused(let status):
            "it answered HTTP \(status) to CONNECT; check that it can reach the vCenter, or exempt the vCenter in NO_PROXY"
        case .silent: "it did not answer CONNECT in time"
        case .closed: "it closed the connection without an answer to CONNECT"
        case .notHTTP: "what answers there is no HTTP proxy; check HTTPS_PROXY"
        }
    }
}
