/// How long to wait for a vCenter.
package struct Timeouts: Hashable, Sendable {
    /// For the connection and the TLS handshake. Default 10 s.
    package var connect: Duration
    /// For one request and its complete answer. Default 30 s.
    package var request: Duration
    /// For a whole collection run; `nil`, the default, means no limit.
    package var run: Duration?

    package init(connect: Duration = .seconds(10), request: Duration = .seconds(30), run: Duration? = nil) {
        self.connect = connect
        self.request = request
        self.run = run
    }
}
