import Foundation
import Subprocess
import TestSupport
import Testing

/// A real PostgreSQL with an empty database, on a Unix socket in a directory of its own.
struct PostgreSQLServer: Sendable {
    private let programs: String
    private let directory: TemporaryDirectory

    /// It refuses to run as root.
    private static let user: uid_t = 65534

    static func with(_ body: (PostgreSQLServer) async throws -> Void) async throws {
        try await TemporaryDirectory.with(hasSpace: false) { directory in
            let server = PostgreSQLServer(programs: try PeerTool.postgresql, directory: directory)
            try directory.makeDirectory("server")
            if geteuid() == 0 { try directory.give("server", to: user) }
            let made = try await BuiltExecutable(path: "/bin/sh").run(
                server.unprivileged(
                    "initdb", "-D", server.data, "--auth=trust", "-U", "warehouse", "-N", "-E", "UTF8", "--locale=C"),
                environment: server.environment, in: directory)
            try #require(made.termination == .exited(0), "\(made.standardError)")
            try await server.whileServing { try await body(server) }
        }
    }

    /// Where psql finds the database. A PostgreSQL that is not installed brings its own libraries.
    var environment: [String: String] {
        let libraries = programs + "/../../.."
        let folders = ((try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? []).filter {
            $0.hasSuffix("-linux-gnu")
        }
        return [
            "PGHOST": directory.path("server"), "PGUSER": "warehouse", "PGDATABASE": "postgres",
            "LD_LIBRARY_PATH": folders.map { "\(libraries)/\($0)" }.joined(separator: ":"),
            "PATH": "\(programs):/usr/bin:/bin",
        ]
    }

    /// Runs psql on a script.
    func run(script: String) async throws -> EndedRun {
        let file = try directory.write("script.sql", script)
        return try await BuiltExecutable(path: programs + "/psql").run(
            "-X", "-f", file, environment: environment, in: directory)
    }

    /// The rows of a query, each as a line of values separated by `|`, with nothing for NULL.
    func rows(_ query: String) async throws -> [String] {
        let run = try await BuiltExecutable(path: programs + "/psql").run(
            "-XAt0c", query, environment: environment, in: directory)
        #expect(run.termination == .exited(0), "\(run.standardError)")
        return run.standardOutput.split(separator: "\0").map(String.init)
    }

    private var data: String { directory.path("server/data") }

    private func unprivileged(_ program: String, _ arguments: String...) -> [String] {
        let user = ["setpriv", "--reuid=\(Self.user)", "--regid=\(Self.user)", "--clear-groups"]
        return ["-c", "exec \"$@\"", "sh"] + (geteuid() == 0 ? user : []) + ["\(programs)/\(program)"] + arguments
    }

    private func whileServing(_ body: () async throws -> Void) async throws {
        let arguments = unprivileged(
            "postgres", "-D", data, "-k", directory.path("server"), "-h", "", "-c", "fsync=off", "-c", "jit=off")
        let log = try directory.write("log")
        let output = open(log, O_WRONLY | O_APPEND | O_CLOEXEC)
        _ = try await Subprocess.run(
            .path("/bin/sh"), arguments: .init(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0), $1) })),
            input: .none, output: .discarded,
            error: .fileDescriptor(.init(rawValue: output), closeAfterSpawningProcess: true)
        ) { execution in
            // An immediate shutdown: the data is thrown away.
            defer { try? execution.send(signal: .quit) }
            do {
                try await waitUntil("PostgreSQL accepts connections") {
                    try await BuiltExecutable(path: programs + "/pg_isready").run(
                        "-q", environment: environment, in: directory
                    )
                    .termination == .exited(0)
                }
            } catch {
                Issue.record("\((try? directory.read("log")) ?? "")")
                throw error
            }
            try await body()
        }
    }
}
