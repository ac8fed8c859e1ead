import Foundation
import Testing

/// Attacks of another user of the machine on a program that root runs.
@Suite(.enabled("only root can give a file away") { geteuid() == 0 })
struct OtherUsersTests {
    private static let other: uid_t = 65534

    @Test func `root does not run another user's command`() async throws {
        try await PolledVCenter.with { polled in
            try polled.directory.write("run", "#!/bin/sh\ntouch ran\necho secret\n", mode: 0o755)
            try polled.directory.write(
                "config.yaml",
                "vcenters: [{url: \"\(polled.vCenter.url)\", username: op, ca_certificates: ca.pem, password_command: [\(polled.directory.path("run")), now]}]\n"
            )
            let arguments = ["collect", "--config", "config.yaml"]
            for name in ["config.yaml", "run"] {
                #expect(lchown(polled.directory.path(name), Self.other, Self.other) == 0)
                let run = try await polled.history(arguments, environment: ["GOVC_URL": ""])
                expectOneLine(run, 78, "it belongs to ", "chown root '", polled.directory.path(name))
                #expect(lchown(polled.directory.path(name), 0, 0) == 0)
            }
            #expect(!FileManager.default.fileExists(atPath: polled.directory.path("ran")))
        }
    }

    @Test func `another user's link in a shared directory does not redirect a report`() async throws {
        try await PolledVCenter.with { polled in
            try await polled.collect()
            let shared = try polled.directory.makeDirectory("shared", mode: 0o1777)
            try polled.directory.write("precious", "precious")
            for (name, option) in [("report.html", "report"), ("figures.prom", "metrics")] {
                let path = shared + "/" + name
                try FileManager.default.createSymbolicLink(
                    atPath: path,
                    withDestinationPath: polled.directory.path(option == "report" ? "precious" : "new.prom"))
                #expect(lchown(path, Self.other, Self.other) == 0)
                let run = try await polled.history([option, "--output", path])
                expectOneLine(run, 73, path, "a symbolic link that", "where everyone may write")
                unlink(path)
                // An existing file of another user is not written to either.
                try Data().write(to: URL(fileURLWithPath: path))
                #expect(lchown(path, Self.other, Self.other) == 0)
                let planted = try await polled.history([option, "--output", path])
                expectOneLine(planted, 73, path, "it belongs to ")
            }
            #expect(try polled.directory.read("precious") == "precious")
            #expect(!FileManager.default.fileExists(atPath: polled.directory.path("new.prom")))
        }
    }

    @Test func `another user's link does not redirect a history or the files beside it`() async throws {
        try await PolledVCenter.with { polled in
            let shared = try polled.directory.makeDirectory("shared", mode: 0o1777)
            try await polled.collect()
            let database = shared + "/history.db"
            try FileManager.default.createSymbolicLink(atPath: database, withDestinationPath: polled.database)
            #expect(lchown(database, Self.other, Self.other) == 0)
            for arguments in [["collect"], ["report"]] {
                let run = try await polled.history(arguments + ["--database", database])
                expectOneLine(run, 74, database, "a symbolic link that")
            }
            unlink(database)
            try Data().write(to: URL(fileURLWithPath: database + "-lock"))
            #expect(lchown(database + "-lock", Self.other, Self.other) == 0)
            let run = try await polled.history(["collect", "--database", database])
            #expect(run.termination == .exited(74) && run.standardError.contains("it belongs to "))
        }
    }
}
