import Foundation
import TestSupport
import Testing
import VCenterSimulator

/// SIGTERM ends a run, which keeps its polls, whatever the vCenter is doing.
///
/// The time limits of the run far exceed that of the harness, which kills a run that still waits for the vCenter after the signal
/// and so fails the test, however busy the machine is.
@Suite struct StopTests {
    private static let endlessLimits = ["--timeout", "1h", "--connect-timeout", "1h"]

    /// The request at which a vCenter hangs.
    enum Hanging: String, CaseIterable {
        case endpoints, login, list, polls
        /// Polls and the logout after them.
        case logout

        fileprivate func strikes(_ request: SimulatedRequest) -> Bool {
            switch self {
            case .login: request.kind == .session
            case .list: request.kind == .virtualMachineList
            case .endpoints: request.vm == "vm-0"
            case .polls: request.isPoll
            case .logout: request.isPoll || request.method == "DELETE"
            }
        }
    }

    @Test(arguments: Hanging.allCases)
    func `a stop ends a run although the vCenter does not answer`(what: Hanging) async throws {
        try await PolledVCenter.with(mayLeaveSessions: what == .logout) { polled in
            polled.vCenter.inject(.neverAnswer) { what.strikes($0) }
            let run = try await polled.history(["collect"] + Self.endlessLimits) { running in
                try await polled.vCenter.waitUntil {
                    switch what {
                    case .endpoints: $0.requests[.customizationLive, default: 0] == 1
                    case .login: $0.requests[.session, default: 0] == 1
                    case .list: $0.requests[.virtualMachineList, default: 0] == 1
                    case .polls, .logout: $0.openRequests >= 3
                    }
                }
                try running.send(.terminate)
            }
            #expect(run.termination == .exited(128 + SIGTERM))
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["interrupted|0"])
            #expect(polled.vCenter.liveSessions == (what == .logout ? 1 : 0))
        }
    }

    @Test func `a login answered after the stop leaves no session`() async throws {
        try await PolledVCenter.with { polled in
            polled.vCenter.inject(.delay(.seconds(2), then: nil)) { $0.kind == .session && $0.method == "POST" }
            let run = try await polled.history(["collect"] + Self.endlessLimits) { running in
                try await polled.vCenter.waitUntil { $0.requests[.session] == 1 }
                try running.send(.terminate)
            }
            #expect(run.termination == .exited(128 + SIGTERM))
            #expect(polled.vCenter.activity.logins == 1 && polled.vCenter.liveSessions == 0)
        }
    }

    @Test func `a second stop ends the run at once`() async throws {
        try await PolledVCenter.with(mayLeaveSessions: true) { polled in
            polled.vCenter.inject(.neverAnswer) { Hanging.logout.strikes($0) }
            let run = try await polled.history(["collect"] + Self.endlessLimits) { running in
                try await polled.vCenter.waitUntil { $0.openRequests >= 3 }
                try running.send(.terminate)
                // The logout has begun and hangs. A signal just after the first one counts as the same, so it is repeated.
                try await polled.vCenter.waitUntil { $0.requests[.session, default: 0] >= 2 }
                try await waitUntil("the run has ended") {
                    try? running.send(.interrupt)
                    return !FileManager.default.fileExists(atPath: "/proc/\(running.processIdentifier)/exe")
                }
            }
            #expect(run.termination == .exited(128 + SIGINT))
            #expect(try polled.sql("PRAGMA integrity_check") == ["ok"])
        }
    }

    @Test func `a stop ends a run although nobody answers the TLS handshake`() async throws {
        try await PolledVCenter.with { polled in
            let listener = try SilentListener()
            let run = try await polled.history(
                ["collect", "--server", "127.0.0.1:\(listener.port)"] + Self.endlessLimits
            ) { running in
                listener.waitForConnection()
                try running.send(.terminate)
            }
            #expect(run.termination == .exited(128 + SIGTERM))
            #expect(try polled.sql("SELECT outcome, polls FROM collection_run_history") == ["interrupted|0"])
        }
    }

    @Test func `a stop ends a run although the whole vCenter is suspended with its connections open`() async throws {
        try await PolledVCenter.with { polled in
            _ = try await BuiltExecutable.history.run(
                "simulate", "--vms", "200", "--latency", "50ms", "--certificate-out", "standing.pem",
                environment: ["SIMULATOR_PASSWORD": "standing"], in: polled.directory
            ) { simulator in
                try await simulator.wait(for: "GOVC_TLS_CA_CERTS", in: \.standardOutput)
                let url = simulator.standardOutput.text.firstMatch(of: /GOVC_URL='?(https:[^'\n]*)/)?.1
                let run = try await polled.history(
                    ["collect", "--concurrency", "8"] + Self.endlessLimits,
                    environment: [
                        "GOVC_URL": String(try #require(url)), "GOVC_PASSWORD": "standing",
                        "GOVC_TLS_CA_CERTS": polled.directory.path("standing.pem"),
                    ]
                ) { running in
                    try await polled.waitUntil("SELECT 1 FROM collection_run WHERE polls > 0", is: ["1"])
                    try simulator.send(.init(rawValue: SIGSTOP))
                    try running.send(.terminate)
                }
                #expect(run.termination == .exited(128 + SIGTERM))
                #expect(try polled.sql("SELECT outcome FROM collection_run_history") == ["interrupted"])
                try simulator.send(.kill)
            }
        }
    }
}

extension SimulatedRequest {
    /// Whether it polls a VM. A request for vm-0, which does not exist, tests whether the endpoint exists.
    fileprivate var isPoll: Bool { kind == .customizationLive && vm != "vm-0" }
}

/// A port whose connections the kernel accepts and nobody serves.
private final class SilentListener: Sendable {
    private let descriptor: CInt
    let port: UInt16

    init() throws {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && listen(socket, 8) == 0
                    && getsockname(socket, address, &length) == 0
            }
        }
        guard socket >= 0, isListening else { throw SystemCallFailed("listen") }
        descriptor = socket
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    /// Returns once a client has connected; the connection stays unanswered.
    func waitForConnection() {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&waited, 1, 10_000)
    }
}
