import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing
import VCenterSimulator

/// A simulated vCenter with a directory for its files, and the executable run against it as cron runs it.
struct PolledVCenter: Sendable {
    let vCenter: SimulatedVCenter
    let directory: TemporaryDirectory
    /// The file in the directory that contains the certificate to trust.
    var authority = "ca.pem"
    /// Its name in the history unless it is configured.
    var name: String { "localhost:\(vCenter.port)" }
    /// The history that `collect` and `report` use.
    var database: String { directory.path("history.db") }

    /// The event log is empty: whatever happened at the time of day at which the test runs would be customizations that it does not script.
    static func options(vms: Int, clock: @escaping @Sendable () -> Timestamp = Timestamp.now)
        -> SimulatedVCenter.Options
    {
        var options = SimulatedVCenter.Options(clock: clock)
        options.virtualMachines = vms
        options.eventsKeptSeconds = 0
        return options
    }

    /// - Parameter mayLeaveSessions: Whether the test kills a run or prevents its logout. After any other test no session may remain.
    static func with<Result>(
        vms: Int = 3, mayLeaveSessions: Bool = false,
        adjusting adjust: (inout SimulatedVCenter.Options) -> Void = { _ in },
        _ body: (PolledVCenter) async throws -> Result
    ) async throws -> Result {
        try await TemporaryDirectory.with { directory in
            var options = Self.options(vms: vms)
            adjust(&options)
            return try await SimulatedVCenter.withRunning(options) { vCenter in
                try directory.write("ca.pem", vCenter.authorityPEM, mode: 0o644)
                let result = try await body(PolledVCenter(vCenter: vCenter, directory: directory))
                #expect(mayLeaveSessions || vCenter.liveSessions == 0)
                return result
            }
        }
    }

    /// Runs `body` with a second vCenter, which accepts the same login, and whose authority is in `NAME.pem`.
    func withAnother<Result>(
        named name: String = "other", adjusting adjust: (inout SimulatedVCenter.Options) -> Void = { _ in },
        _ body: (PolledVCenter) async throws -> Result
    ) async throws -> Result {
        var options = Self.options(vms: vCenter.virtualMachines.count)
        options.user = vCenter.user
        options.password = vCenter.password
        adjust(&options)
        return try await SimulatedVCenter.withRunning(options) { other in
            try directory.write(name + ".pem", other.authorityPEM, mode: 0o644)
            let result = try await body(
                PolledVCenter(vCenter: other, directory: directory, authority: name + ".pem"))
            #expect(other.liveSessions == 0)
            return result
        }
    }

    /// The environment of a shell that uses govc with this vCenter.
    var environment: [String: String] {
        [
            "GOVC_URL": vCenter.url, "GOVC_USERNAME": vCenter.user, "GOVC_PASSWORD": vCenter.password,
            "GOVC_TLS_CA_CERTS": directory.path(authority), "CUSTOMIZATION_HISTORY_DATABASE": database,
        ]
    }

    func history(
        _ arguments: String..., environment changes: [String: String] = [:],
        standardError: OutputChannel = .pipe,
        whileRunning: @escaping @Sendable (RunningExecutable) async throws -> Void = { _ in }
    ) async throws -> EndedRun {
        try await history(arguments, environment: changes, standardError: standardError, whileRunning: whileRunning)
    }

    /// The same with a list of arguments.
    func history(
        _ arguments: [String], environment changes: [String: String] = [:],
        standardError: OutputChannel = .pipe,
        whileRunning: @escaping @Sendable (RunningExecutable) async throws -> Void = { _ in }
    ) async throws -> EndedRun {
        try await BuiltExecutable.history.run(
            arguments, environment: environment.merging(changes) { $1 }, in: directory,
            standardError: standardError, whileRunning: whileRunning)
    }

    /// Runs `collect`, which must exit with 0.
    @discardableResult
    func collect(
        _ arguments: String..., environment changes: [String: String] = [:],
        at location: SourceLocation = #_sourceLocation
    ) async throws -> EndedRun {
        let run = try await history(["collect"] + arguments, environment: changes)
        #expect(run.termination == .exited(0), "\(run.standardError)", sourceLocation: location)
        return run
    }

    /// Runs a shell script in which `$0` is the executable.
    func shell(
        _ script: String, _ arguments: [String] = [], by shell: String = "/bin/sh",
        environment changes: [String: String] = [:]
    ) async throws -> EndedRun {
        try await BuiltExecutable(path: shell).run(
            ["-c", script, BuiltExecutable.history.path] + arguments,
            environment: environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }.merging(changes) { $1 }, in: directory)
    }

    /// The rows of a query, each as a line.
    func sql(_ query: String) throws -> [String] { try SQLiteFile(database).rows(query) }

    /// Changes the history as no program of ours does, for example to move it in time.
    func change(_ statements: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try SQLiteFile(database).execute(statements, arguments)
    }

    /// Returns once a query has these rows. A history that does not exist yet has none.
    func waitUntil(_ query: String, is rows: [String]) async throws {
        try await TestSupport.waitUntil("\(query) is \(rows)") { (try? sql(query)) == rows }
    }

    /// Sets the answer of VM number `index` (from 0) from now on.
    func set(
        _ index: Int, _ status: CustomizationStatus, start: String? = nil, end: String? = nil,
        error: CustomizationError? = nil, endpoint: Endpoint = .customizationLive
    ) throws {
        try vCenter.setCustomization(
            CustomizationInfo(
                status: status, startTime: start.flatMap(Timestamp.init(rfc3339:)),
                endTime: end.flatMap(Timestamp.init(rfc3339:)), error: error),
            of: vm(index), endpoint)
    }

    /// The managed object id of VM number `index` (from 0).
    func vm(_ index: Int) -> String { vCenter.virtualMachines[index].id }

    /// Has the vCenter answer as one before 8.0 U1, which tells nothing about VMs in bulk.
    func hideVIJSON() { vCenter.inject(.answer(404)) { $0.kind == .hello || $0.target.hasPrefix("/sdk/vim25/") } }
}
