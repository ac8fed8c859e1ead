import Foundation
import TestSupport
import Testing

@Suite struct SimulateTests {
    @Test func `simulate serves a vCenter that collect polls with the printed settings until it is stopped`()
        async throws
    {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run(
                "simulate", "--vms", "7", "--certificate-out", "ca.pem", "--latency", "1ms", in: directory
            ) { running in
                try await running.wait(for: "GOVC_TLS_CA_CERTS", in: \.standardOutput)
                let script = running.standardOutput.text + "\n\"$HISTORY\" collect --database h.db"
                let collected = try await BuiltExecutable(path: "/bin/sh").run(
                    "-c", script, environment: ["HISTORY": BuiltExecutable.history.path], in: directory)
                #expect(collected.termination == .exited(0))
                #expect(collected.standardError.isEmpty)
                try running.send(.terminate)
            }
            #expect(run.termination == .exited(0))
            #expect(FileManager.default.fileExists(atPath: directory.path("h.db")))
        }
    }

    @Test func `a port in use is reported with the system's reason`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            let port = String(polled.vCenter.port)
            let run = try await polled.history("simulate", "--port", port)
            expectOneLine(run, 74, "cannot listen on 127.0.0.1 port \(port): address already in use; choose")
            #expect(!run.standardError.contains("bind("))
        }
    }

    @Test func `simulate takes the password from the environment and behaves as the requested release`() async throws {
        try await TemporaryDirectory.with { directory in
            _ = try await BuiltExecutable.history.run(
                "simulate", "--vms", "2", "--certificate-out", "ca.pem", "--api-version", "8.0.3",
                environment: ["SIMULATOR_PASSWORD": "of my own"], in: directory
            ) { running in
                try await running.wait(for: "GOVC_TLS_CA_CERTS", in: \.standardOutput)
                #expect(running.standardOutput.text.contains("GOVC_PASSWORD='of my own'"))
                let script =
                    running.standardOutput.text
                    + "\n\"$HISTORY\" collect --endpoint customization-live --database h.db"
                let collected = try await BuiltExecutable(path: "/bin/sh").run(
                    "-c", script, environment: ["HISTORY": BuiltExecutable.history.path], in: directory)
                #expect(collected.termination == .exited(78))
                #expect(collected.standardError.contains("--endpoint auto"))
                try running.send(.interrupt)
            }
        }
    }

    @Test(arguments: [["--port", "99999"], ["--vms", "-1"], ["--latency", "soon"]])
    func `invalid options are refused`(arguments: [String]) async throws {
        try await TemporaryDirectory.with { directory in
            let run = try await BuiltExecutable.history.run(["simulate"] + arguments, in: directory)
            #expect(run.termination == .exited(64))
            #expect(run.standardError.contains(arguments[0]))
        }
    }
}
