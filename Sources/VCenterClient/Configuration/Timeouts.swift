/// How long is waited for a vCenter.
public struct Timeouts: Hashable, Sendable {
    /// For the connection and the TLS handshake. Default 10 s.
    public var connect: Duration
    /// For one request and its whole answer. Default 30 s.
    public var request: Duration
    /// For a whole collection run; `nil`, the default, for no limit.
    public var run: Duration?

    public init(connect: Duration = .seconds(10), request: Duration = .seconds(30), run: Duration? = nil) {
        self.connect = connect
        self.request = request
        self.run = run
    }
}
