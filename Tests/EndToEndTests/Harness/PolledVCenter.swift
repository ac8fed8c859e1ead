import Foundation
import GRDB
import GuestCustomization
import Testing
import VCenterSimulator

/// A simulated vCenter with a directory beside it, and the executable run against it as cron would run it.
struct PolledVCenter: Sendable {
    let vCenter: SimulatedVCenter
    let directory: TemporaryDirectory
    /// The file in it that holds the certificate to trust.
    var authority = "ca.pem"
    /// What the history calls it, where nothing else gives it a name.
    var name: String { "localhost:\(vCenter.port)" }
    /// The history that `collect` and `report` are told to use.
    var database: String { directory.path("history.db") }

    /// - Parameter mayLeaveSessions: Whether the test kills a run outright, or keeps it from logging out; after any other, however it
    ///   ended, no session is left.
    static func with<Result>(
        vms: Int = 3, mayLeaveSessions: Bool = false,
        adjusting adjust: (inout SimulatedVCenter.Options) -> Void = { _ in },
        _ body: (PolledVCenter) async throws -> Result
    ) async throws -> Result {
        try await TemporaryDirectory.with { directory in
            var options = SimulatedVCenter.Options(clock: Timestamp.now)
            options.virtualMachines = vms
            adjust(&options)
            return try await SimulatedVCenter.withRunning(options) { vCenter in
                try Data(vCenter.authorityPEM.utf8).write(to: URL(fileURLWithPath: directory.path("ca.pem")))
                let result = try await body(PolledVCenter(vCenter: vCenter, directory: directory))
                #expect(mayLeaveSessions || vCenter.liveSessions == 0)
                return result
            }
        }
    }

    /// Runs `body` with a second vCenter, which takes the same login, and whose authority is in `NAME.pem`.
    func withAnother<Result>(
        named name: String = "other", adjusting adjust: (inout SimulatedVCenter.Options) -> Void = { _ in },
        _ body: (PolledVCenter) async throws -> Result
    ) async throws -> Result {
        var options = SimulatedVCenter.Options(clock: Timestamp.now)
        options.virtualMachines = vCenter.virtualMachines.count
        options.user = vCenter.user
        options.password = vCenter.password
        adjust(&options)
        return try await SimulatedVCenter.withRunning(options) { other in
            try Data(other.authorityPEM.utf8).write(to: URL(fileURLWithPath: directory.path(name + ".pem")))
            let result = try await body(
                PolledVCenter(vCenter: other, directory: directory, authority: name + ".pem"))
            #expect(other.liveSessions == 0)
            return result
        }
    }

    /// What a shell that uses govc with this vCenter has in its environment.
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

    /// The same for arguments that come as a list.
    func history(
        _ arguments: [String], environment changes: [String: String] = [:],
        standardError: OutputChannel = .pipe,
        whileRunning: @escaping @Sendable (RunningExecutable) async throws -> Void = { _ in }
    ) async throws -> EndedRun {
        try await BuiltExecutable.history.run(
            arguments, environment: environment.merging(changes) { $1 }, in: directory,
            standardError: standardError, whileRunning: whileRunning)
    }

    /// The rows of a query, as an auditor gets them: each a line of values separated by `|`, a NULL as nothing.
    func sql(_ query: String) throws -> [String] { try Self.sql(query, in: database) }

    /// The same of any file.
    static func sql(_ query: String, in database: String) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: database, configuration: configuration).read { db in
            try Row.fetchAll(db, sql: query).map { row in
                row.databaseValues.map { $0.isNull ? "" : String.fromDatabaseValue($0) ?? "\($0.storage.value ?? "")" }
                    .joined(separator: "|")
            }
        }
    }

    /// Fixes what VM number `index` (from 0) says from now on.
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

    /// Managed object id of VM number `index` (from 0).
    func vm(_ index: Int) -> String { vCenter.virtualMachines[index].id }
}
