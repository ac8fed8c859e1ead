import AsyncHTTPClient
import Foundation
import GuestCustomization
import NIOCore
import NIOSSL
import VCenterSimulator

/// A client that trusts only the simulated vCenter's authority and logs in on request.
struct TLSClient {
    struct Reply {
        let status: Int
        let headers: [String: String]
        let body: String

        /// The body as JSON objects, arrays and values; `nil` if it is not JSON.
        var json: Any? { try? JSONSerialization.jsonObject(with: Data(body.utf8), options: .fragmentsAllowed) }
        var object: [String: Any] { json as? [String: Any] ?? [:] }
        var array: [[String: Any]] { json as? [[String: Any]] ?? [] }
        var errorType: String? { object["error_type"] as? String }
        var messageID: String? { (object["messages"] as? [[String: Any]])?.first?["id"] as? String }
    }

    let http: HTTPClient
    let vCenter: SimulatedVCenter
    var host = "localhost"

    func send(
        _ method: String, _ path: String, token: String? = nil, headers: [(String, String)] = [],
        timeout: TimeAmount = .seconds(60)
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: "https://\(host):\(vCenter.port)\(path)")
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token { request.headers.add(name: "vmware-api-session-id", value: token) }
        let response = try await http.execute(request, timeout: timeout)
        let body = try await response.body.collect(upTo: 1 << 20)
        return Reply(
            status: Int(response.status.code),
            headers: Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
            body: String(buffer: body))
    }

    func get(_ path: String, token: String) async throws -> Reply {
        try await send("GET", path, token: token)
    }

    func tryToLogIn(user: String? = nil, password: String? = nil) async throws -> Reply {
        let pair = "\(user ?? vCenter.user):\(password ?? vCenter.password)"
        return try await send(
            "POST", "/api/session", headers: [("Authorization", "Basic \(Data(pair.utf8).base64EncodedString())")])
    }

    /// The token of a new session.
    func logIn() async throws -> String {
        try await tryToLogIn().json as? String ?? ""
    }

    func lastCustomization(of vm: String, _ endpoint: Endpoint = .customizationLive, token: String) async throws
        -> Reply
    {
        try await get("/api/vcenter/vm/\(vm)/guest/\(endpoint.rawValue)", token: token)
    }
}

/// 2026-11-01T08:00:00Z, a Sunday.
let sundayMorning = Timestamp(unixMilliseconds: 1_793_520_000_000)

/// Runs `body` with a vCenter of the given options and a client that trusts it.
func withVCenter(
    _ change: (inout SimulatedVCenter.Options) -> Void = { _ in },
    _ body: (SimulatedVCenter, TLSClient) async throws -> Void
) async throws {
    var options = SimulatedVCenter.Options(clock: { sundayMorning })
    change(&options)
    try await SimulatedVCenter.withRunning(options) { vCenter in
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(vCenter.authorityPEM.utf8)))
        // A client that gives up in the middle of an answer does not read the server's TLS closure: it would wait for five seconds.
        tls.shutdownTimeout = .milliseconds(200)
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await body(vCenter, TLSClient(http: http, vCenter: vCenter))
            try await http.shutdown()
        } catch {
            try await http.shutdown()
            throw error
        }
    }
}
