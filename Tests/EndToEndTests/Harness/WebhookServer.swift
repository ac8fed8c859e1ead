import Foundation
import Synchronization

/// A web server on loopback in plain HTTP, which keeps the bodies that it accepted.
final class WebhookServer: Sendable {
    /// What it does with a request.
    enum Behaviour: Sendable {
        /// Answers with this status line and these headers.
        case answers(String)
        case hangs
    }

    private let behaviour = Mutex(Behaviour.answers("200 OK"))
    private let bodies = Mutex<[String]>([])
    private let requests = Mutex(0)
    private let listener: CInt
    let port: Int

    /// The bodies of the requests that were answered with 2xx.
    var accepted: [String] { bodies.withLock(\.self) }
    /// All requests.
    var requestCount: Int { requests.withLock(\.self) }

    static func run(_ body: (WebhookServer) async throws -> Void) async throws {
        let server = try WebhookServer()
        defer { shutdown(server.listener, CInt(SHUT_RDWR)) }
        try await body(server)
    }

    func behave(_ behaviour: Behaviour) { self.behaviour.withLock { $0 = behaviour } }

    private init() throws {
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread.detachNewThread { [self] in
                    serve(connection)
                    close(connection)
                }
            }
            close(listener)
        }
    }

    private func serve(_ connection: CInt) {
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(connection, &chunk, chunk.count), count > 0 {
            received += chunk[..<count]
            guard let body = Self.body(of: String(decoding: received, as: UTF8.self)) else { continue }
            requests.withLock { $0 += 1 }
            received = []
            guard case .answers(let head) = behaviour.withLock(\.self) else { continue }
            if head.hasPrefix("2") { bodies.withLock { $0.append(body) } }
            let answer = Array("HTTP/1.1 \(head)\r\nContent-Length: 0\r\n\r\n".utf8)
            _ = write(connection, answer, answer.count)
        }
    }

    /// The body of a complete request.
    private static func body(of request: String) -> String? {
        guard let end = request.range(of: "\r\n\r\n"),
            let length = request[..<end.lowerBound].lowercased().components(separatedBy: "content-length: ").dropFirst()
                .first.flatMap({ Int($0.prefix { $0.isNumber }) })
        else { return nil }
        let body = String(request[end.upperBound...])
        return body.utf8.count >= length ? body : nil
    }
}
