import Synchronization

/// A request and the simulated vCenter's proper answer to it.
package struct SimulatedExchange: Sendable {
    /// The request's HTTP method.
    package let method: String
    /// Path and query, as received.
    package let target: String
    /// In order.
    package let requestHeaders: [(name: String, value: String)]
    /// Empty if there was none.
    package let requestBody: [UInt8]
    /// HTTP status of the answer.
    package let status: Int
    /// Uncompressed.
    package let responseBody: [UInt8]
}

/// The exchanges so far. They are recorded only on request, because they grow with every request.
final class ExchangeLog: Sendable {
    private let exchanges = Mutex<[SimulatedExchange]>([])

    var all: [SimulatedExchange] { exchanges.withLock { $0 } }

    func note(_ request: SimulatedRequest, _ response: SimulatedResponse) {
        let exchange = SimulatedExchange(
            method: request.method, target: request.target, requestHeaders: request.headerFields,
            requestBody: request.body, status: response.status, responseBody: response.body)
        exchanges.withLock { $0.append(exchange) }
    }
}
