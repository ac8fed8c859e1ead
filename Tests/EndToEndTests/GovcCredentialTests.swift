import Foundation
import Testing

/// `GOVC_USERNAME` and `GOVC_PASSWORD`: a value that looks like a path is taken for one.
@Suite struct GovcCredentialTests {
    @Test(
        arguments: ["GOVC_PASSWORD", "GOVC_USERNAME"],
        ["/run/secrets/vcentre", "./vcentre", "../vcentre", "~/vcentre", "/tmp"])
    func `a value that looks like a path and names no file is not sent`(variable: String, value: String) async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.history("collect", environment: [variable: value, "HOME": "/nonexistent"])
            expectOneLine(run, 78, variable, "nothing was sent")
            #expect(!run.standardError.contains("vcentre"))
            #expect(polled.vCenter.activity.allRequests == 0)
        }
    }

    @Test func `a password file is read only if nobody else can open it`() async throws {
        try await PolledVCenter.with { polled in
            try polled.directory.write("password", polled.vCenter.password, mode: 0o644)
            let environment = ["GOVC_PASSWORD": "./password"]
            let run = try await polled.history("collect", environment: environment)
            expectOneLine(run, 78, "every user of this machine may open it (mode 0644)", "chmod")
            #expect(polled.vCenter.activity.allRequests == 0)
            try polled.directory.write("password", polled.vCenter.password)
            try await polled.collect(environment: environment)
        }
    }

    @Test func `a credential variable may name a pipe of the shell`() async throws {
        try await PolledVCenter.with { polled in
            let run = try await polled.shell(
                "GOVC_PASSWORD=<(printf '%s\\n' \"$SECRET\") \"$0\" collect", by: "/bin/bash",
                environment: ["SECRET": polled.vCenter.password])
            #expect(run.termination == .exited(0) && run.standardError.isEmpty)
        }
    }
}
