import GuestCustomization
import HistoryConfiguration
import TestSupport
import Testing

@testable import VCenterClient

/// Webhooks that refuse, fail, hang, redirect and answer bit by bit.
@Suite struct WebhookTests {
    private static let secret = "/services/T0/B0/s3cret"

    /// Posts two messages; returns the error, and what each connection received.
    private func post(
        _ speech: TLSServer.Speech, encrypted: Bool = false, trusting: Bool = true, clock: SteadyClock = .system
    ) async throws -> (error: HistoryError?, received: [String]) {
        let certificate = encrypted ? try TestCertificate.server() : nil
        return try await TLSServer.run(certificate, speaking: speech) { server in
            try await TemporaryDirectory.with { directory in
                let url = "\(encrypted ? "https" : "http")://user:pass@localhost:\(server.port)\(Self.secret)?x=1"
                let file = try directory.write("webhook", url + "\n", mode: 0o600)
                let authorities = try certificate.map { [try directory.write("ca.pem", $0.pem, mode: 0o644)] } ?? []
                var webhook = Webhook(
                    try WebhookURL(file: file),
                    trust: trusting ? try CertificateTrust(authorityFiles: authorities) : .system, proxy: nil,
                    clock: clock, now: Timestamp.now)
                webhook.timeouts = (connect: .seconds(5), request: .milliseconds(500))
                var failure: HistoryError?
                do throws(HistoryError) { try await webhook.post([#"{"a":1}"#, #"{"b":2}"#]) } catch { failure = error }
                #expect(failure?.message.contains("s3cret") != true)
                #expect(failure?.message.contains("pass") != true)
                return (failure, server.received.map { String(decoding: $0, as: UTF8.self) })
            }
        }
    }

    /// An answer, after which the server closes the connection, as it says: a client that took it for open would have to try it first.
    private func answer(_ head: String, _ body: String = "") -> TLSServer.Speech {
        .bytes(
            Array(
                "HTTP/1.1 \(head)\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
    }

    @Test(arguments: [false, true]) func `messages are posted one after the other`(isEncrypted: Bool) async throws {
        let (error, received) = try await post(.http1, encrypted: isEncrypted)
        #expect(error == nil)
        let all = received.joined()
        #expect(all.contains("POST \(Self.secret)?x=1 HTTP/1.1"))
        #expect(all.contains("authorization: Basic dXNlcjpwYXNz"))
        #expect(all.contains("content-type: application/json"))
        let (first, second) = (all.firstRange(of: #"{"a":1}"#), all.firstRange(of: #"{"b":2}"#))
        #expect(try #require(first).upperBound < #require(second).lowerBound)
    }

    @Test func `a certificate that is not trusted gets nothing`() async throws {
        let (error, received) = try await post(.http1, encrypted: true, trusting: false)
        #expect(error?.code == .unreachable)
        #expect(!received.joined().contains("POST"))
    }

    @Test(arguments: [
        ("400 Bad Request", HistoryError.Code.configuration), ("404 Not Found", .configuration),
        ("410 Gone", .configuration), ("401 Unauthorized", .loginRefused), ("403 Forbidden", .loginRefused),
        ("500 Internal Server Error", .unreachable),
        // A proxy may have passed it on.
        ("502 Bad Gateway", .unreachable), ("504 Gateway Timeout", .unreachable),
        ("302 Found\r\nLocation: https://evil.example/", .configuration),
        ("307 Temporary Redirect\r\nLocation: /other", .configuration),
    ])
    func `an answer that is final is not asked for again`(head: String, code: HistoryError.Code) async throws {
        let (error, received) = try await post(answer(head, "no_service s3cret"))
        #expect(error?.code == code)
        #expect(received.joined().components(separatedBy: "POST").count - 1 == 1)
    }

    @Test(arguments: ["429 Too Many Requests\r\nRetry-After: 7", "503 Service Unavailable"])
    func `a server in trouble is asked a few times, when it says`(head: String) async throws {
        let clock = ManualClock(.skipped)
        let (error, received) = try await post(answer(head), clock: clock.steady)
        #expect(error?.code == .unreachable)
        #expect(received.joined().components(separatedBy: "POST").count - 1 == 3)
        if head.contains("Retry-After") { #expect(clock.now == .seconds(14)) }
    }

    @Test func `a server that asks for a long wait is left to the next run`() async throws {
        let clock = ManualClock(.skipped)
        let (error, _) = try await post(answer("429 Too Many Requests\r\nRetry-After: 3600"), clock: clock.steady)
        #expect(error?.code == .unreachable)
        #expect(clock.now == .zero)
    }

    @Test(arguments: [
        TLSServer.Speech.silence, .farewell, .greeting("220 mail\r\n"),
        .bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbit".utf8)),
    ])
    func `a server that hangs, breaks off or drips is given up, and the message is not sent twice`(
        speech: TLSServer.Speech
    ) async throws {
        let (error, received) = try await post(speech)
        #expect(error?.code == .unreachable)
        #expect(received.joined().components(separatedBy: "POST").count - 1 <= 1)
    }

    @Test func `a server that refuses connections is unreachable`() async throws {
        let port = try await TLSServer.run(nil) { $0.port }
        try await TemporaryDirectory.with { directory in
            let file = try directory.write("webhook", "http://127.0.0.1:\(port)/s3cret", mode: 0o600)
            let webhook = Webhook(
                try WebhookURL(file: file), trust: .system, proxy: nil, clock: ManualClock(.skipped).steady,
                now: Timestamp.now)
            let error = await #expect(throws: HistoryError.self) { try await webhook.post(["{}"]) }
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("127.0.0.1:\(port)") == true)
            #expect(error?.message.contains("s3cret") == false)
        }
    }
}
