import AsyncHTTPClient
import HistoryConfiguration

extension Proxy {
    /// The proxy for the HTTP client that pools the connections.
    var clientSetting: HTTPClient.Configuration.Proxy {
        .server(
            host: host, port: port, authorization: user.map { .basic(username: $0, password: password?.exposed ?? "") })
    }
}
