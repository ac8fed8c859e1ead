import AsyncHTTPClient
import Foundation
import GuestCustomization
import NIOCore
import TestSupport
import Testing
import VCenterSimulator

@Suite struct FaultTests {
    private func withFault(
        _ fault: SimulatedFault, _ body: (SimulatedVCenter, TLSClient, _ token: String) async throws -> Void
    ) async throws {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            vCenter.inject(fault) { $0.vm == "vm-1001" }
            try await body(vCenter, client, token)
            #expect(try await client.lastCustomization(of: "vm-1002", token: token).status == 200, "another VM is well")
            vCenter.removeFaults()
            #expect(try await client.lastCustomization(of: "vm-1001", token: token).status == 200, "well again")
        }
    }

    @Test func `any status, headers and body can be the answer`() async throws {
        try await withFault(.answer(418, headers: [("Content-Type", "text/html"), ("X-A", "b")], body: "<html>")) {
            _, client, token in
            let reply = try await client.lastCustomization(of: "vm-1001", token: token)
            #expect(reply.status == 418)
            #expect(reply.body == "<html>")
            #expect(reply.headers["content-type"] == "text/html")
            #expect(reply.headers["x-a"] == "b")
        }
    }

    @Test func `a vCenter error can be the answer, with a time to retry after`() async throws {
        try await withFault(.answer(.serviceUnavailable(retryAfterSeconds: 7))) { _, client, token in
            let reply = try await client.lastCustomization(of: "vm-1001", token: token)
            #expect(reply.status == 503)
            #expect(reply.errorType == "SERVICE_UNAVAILABLE")
            #expect(reply.headers["retry-after"] == "7")
        }
        try await withFault(.answer(.unauthenticated)) { _, client, token async throws in
            #expect(try await client.lastCustomization(of: "vm-1001", token: token).status == 401)
        }
        try await withFault(.answer(.timedOut)) { _, client, token in
            let reply = try await client.lastCustomization(of: "vm-1001", token: token)
            #expect(reply.errorType == "TIMED_OUT")
        }
    }

    @Test func `a redirect names another address`() async throws {
        try await withFault(.redirect(to: "https://elsewhere.example/")) { _, client, token in
            let reply = try await client.lastCustomization(of: "vm-1001", token: token)
            #expect(reply.status == 302)
            #expect(reply.headers["location"] == "https://elsewhere.example/")
        }
    }

    @Test(arguments: [
        SimulatedFault.reset, .resetAfterHeaders, .closeWithoutAnswer, .cutBody(afterBytes: 5), .bytes([]),
        .bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}".utf8)),
        .bytes(Array("SSH-2.0-nonsense\r\n".utf8)),
    ])
    func `a broken connection or answer is an error for the client and no longer an open request`(
        fault: SimulatedFault
    ) async throws {
        try await withFault(fault) { vCenter, client, token in
            await #expect(throws: (any Error).self) {
                _ = try await client.lastCustomization(of: "vm-1001", token: token)
            }
            try await vCenter.waitUntil { $0.openRequests == 0 }
        }
    }

    @Test func `a reset is a reset, and a close is a close`() async throws {
        for (fault, isReset) in [(SimulatedFault.reset, true), (.closeWithoutAnswer, false)] {
            try await withFault(fault) { _, client, token in
                do {
                    _ = try await client.lastCustomization(of: "vm-1001", token: token)
                    Issue.record("answered")
                } catch let error as IOError {
                    #expect(isReset && error.errnoCode == ECONNRESET)
                } catch {
                    #expect(!isReset && error as? HTTPClientError == .remoteConnectionClosed)
                }
            }
        }
    }

    @Test func `a missing answer and an endless one last until the client gives up`() async throws {
        try await withFault(.neverAnswer) { vCenter, client, token in
            let reply = Task {
                try await client.send(
                    "GET", "/api/vcenter/vm/vm-1001/guest/customization", token: token, timeout: .milliseconds(300))
            }
            try await vCenter.waitUntil { $0.openRequests == 1 }
            await #expect(throws: (any Error).self) { _ = try await reply.value }
            try await vCenter.waitUntil { $0.openRequests == 0 }
        }
        try await withFault(.endlessBody) { vCenter, client, token in
            await #expect(throws: NIOTooManyBytesError.self) {
                _ = try await client.lastCustomization(of: "vm-1001", token: token)
            }
            try await vCenter.waitUntil { $0.openRequests == 0 }
        }
    }

    @Test func `a dripped and a delayed answer are finally complete`() async throws {
        for fault in [
            SimulatedFault.drip(every: .microseconds(100)), .delay(.milliseconds(5), then: nil),
            .delay(.milliseconds(1), then: .drip(every: .microseconds(1))),
        ] {
            try await withFault(fault) { vCenter, client, token in
                let truth = vCenter.lastCustomization(of: "vm-1001", .customizationLive, at: sundayMorning)
                let reply = try await client.lastCustomization(of: "vm-1001", token: token)
                #expect(reply.object["status"] as? String == truth?.status.rawValue)
            }
        }
    }

    @Test(arguments: [10, 0xFFFF, 200_000])
    func `a gzipped answer is readable by another program`(size: Int) async throws {
        let json = "\"" + String(repeating: "x", count: size) + "\""
        try await withVCenter { vCenter, client in
            try vCenter.setCustomization(json: json, of: "vm-1001", .customizationLive)
            vCenter.inject(.compressed(.gzip), times: 1) { $0.kind == .customizationLive }
            let token = try await client.logIn()
            var request = HTTPClientRequest(url: vCenter.url + "/api/vcenter/vm/vm-1001/guest/customization-live")
            request.headers.add(name: "vmware-api-session-id", value: token)
            let response = try await client.http.execute(request, timeout: .seconds(60))
            #expect(response.headers.first(name: "content-encoding") == "gzip")
            let body = try await response.body.collect(upTo: 1 << 24)
            #expect(try await unzip(Array(body.readableBytesView)) == Array(json.utf8))
        }
    }

    private func unzip(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await TemporaryDirectory.with { directory in
            let file = try directory.write("body.gz", bytes: bytes)
            let run = try await BuiltExecutable(path: "/bin/sh").run(
                "-c", "exec gzip -dc \"$0\"", file, environment: ["PATH": "/usr/bin:/bin"], in: directory)
            #expect(run.termination == .exited(0), "\(run.standardError)")
            return run.standardOutputBytes
        }
    }

    @Test func `faults occur in the order of their addition, as often as specified`() async throws {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            vCenter.inject(.answer(503), times: 2) { $0.kind == .customizationLive }
            vCenter.inject(.answer(429), times: 1) { $0.vm == "vm-1001" }
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await client.lastCustomization(of: "vm-1001", token: token).status) }
            #expect(statuses == [503, 503, 429, 200])
            #expect(vCenter.activity.requests[.customizationLive] == 4)
        }
    }

    @Test func `sessions can end in the middle of a run, and logins can be refused`() async throws {
        try await withVCenter { vCenter, client in
            let token = try await client.logIn()
            vCenter.inject(.endAllSessions, times: 1) { $0.vm == "vm-1001" }
            #expect(try await client.lastCustomization(of: "vm-1001", token: token).status == 401)
            #expect(try await client.lastCustomization(of: "vm-1002", token: token).status == 401)
            vCenter.inject(.answer(.loginRefused), times: 1) { $0.kind == .session && $0.method == "POST" }
            #expect(try await client.tryToLogIn().status == 401)
            #expect(try await client.lastCustomization(of: "vm-1002", token: client.logIn()).status == 200)
        }
    }
}
