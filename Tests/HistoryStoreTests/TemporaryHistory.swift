import Foundation
import GRDB
import GuestCustomization
import TestSupport

@testable import HistoryStore

/// A new history in a directory of its own.
final class TemporaryHistory {
    let directory: TemporaryDirectory
    private(set) var database: HistoryDatabase
    var path: String { directory.path("history.db") }

    private let clock: SteadyClock

    init(clock: SteadyClock = .system) throws {
        directory = try TemporaryDirectory(inMemory: true)
        self.clock = clock
        database = try Self.open(directory.path("history.db"), clock: clock)
    }

    deinit { try? database.close() }

    /// What a new process would see.
    func reopen() throws {
        try database.close()
        database = try Self.open(path, clock: clock)
    }

    static func open(
        _ path: String, _ access: HistoryDatabase.Access = .readWrite(create: true), clock: SteadyClock = .system
    ) throws -> HistoryDatabase {
        try HistoryDatabase.open(
            path, access: access, toolVersion: "1.2.3", waiting: .init(clock: clock), at: .epoch(0))
    }

    /// The result of a query as lines of text, as an auditor with another SQLite client gets it.
    func query(_ sql: String) throws -> [String] {
        var configuration = Configuration()
        configuration.prepareDatabase { $0.endAuthorizing() }
        return try DatabaseQueue(path: path, configuration: configuration).read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { value in
                    switch value.storage {
                    case .null: "NULL"
                    case .int64(let number): String(number)
                    case .double(let number): String(number)
                    case .string(let text): text
                    case .blob(let data): "x" + data.map { String($0, radix: 16) }.joined()
                    }
                }.joined(separator: "|")
            }
        }
    }

    /// One whole run: each poll with the seconds after the run's start.
    @discardableResult
    func run(
        at start: Timestamp, vCenter: String = "vc", endpoint: Endpoint = .customizationLive,
        listing: [VirtualMachine]? = nil, isWhole: Bool = true, outcome: CollectionRunOutcome = .complete,
        _ polls: [(String, Answer)]
    ) async throws -> CollectionRunID {
        let run = try await database.beginRun(vCenter: vCenter, endpoint: endpoint, at: start)
        let vms = listing ?? polls.map { VirtualMachine(id: $0.0, name: "name of \($0.0)") }
        _ = try await database.record(VirtualMachineList(vms, isWhole: isWhole), in: run, at: start)
        try await database.append(
            polls.enumerated().map {
                Poll(vm: $0.element.0, polledAt: start.advanced(bySeconds: Double($0.offset + 1)), answer: $0.element.1)
            }, to: run)
        try await database.finishRun(
            run, as: CollectionRunEnd(outcome: outcome, finishedAt: start.advanced(bySeconds: 60)))
        return run
    }

    /// All that was recorded of each customization.
    func customizations() throws -> [Customization] {
        try database.read("read") { db in
            var all: [Customization] = []
            try CustomizationReader(of: "TRUE", db).forEach("\(CustomizationReader.rows) ORDER BY u.id", db) {
                all.append($0)
            }
            return all
        }
    }
}

extension HistoryDatabase {
    /// Records a list of which nothing was in doubt.
    @discardableResult
    func record(_ list: VirtualMachineList, in run: CollectionRunID, at listedAt: Timestamp) async throws -> Set<String>
    {
        try await record(list, identifiedAs: [:], in: run, at: listedAt)
    }
}

/// What a report is told, as lines of text.
struct TallyLines: CustomizationTally {
    private(set) var lines: [String] = []

    /// What a report on this part of a history is told.
    static func of(_ database: HistoryDatabase, since: Timestamp, _ filter: ReportFilter = ReportFilter()) throws
        -> [String]
    {
        var tally = TallyLines()
        try database.addCustomizations(since: since, matching: filter, to: &tally)
        return tally.lines
    }

    mutating func add(_ customization: Customization) {
        lines.append("\(customization.vm.vCenter) \(customization.vm.id) \(customization.outcome)")
    }

    mutating func addSuccess(
        of vm: CustomizedVM, endpoint: Endpoint, at instant: Timestamp, durationSeconds: Double?
    ) {
        lines.append("\(vm.vCenter) \(vm.id) succeeded in \(durationSeconds.map { "\($0) s" } ?? "?")")
    }
}

extension Timestamp {
    /// Seconds after 2026-11-01T00:00:00Z.
    static func epoch(_ seconds: Double) -> Timestamp {
        Timestamp(unixMilliseconds: 1_793_491_200_000).advanced(bySeconds: seconds)
    }
}

extension Answer {
    /// A reported status; the times are seconds after `Timestamp.epoch`.
    static func status(
        _ status: CustomizationStatus, start: Double? = nil, end: Double? = nil, error: CustomizationError? = nil
    ) -> Answer {
        Answer(
            result: .reported, httpStatus: 200,
            info: CustomizationInfo(
                status: status, startTime: start.map(Timestamp.epoch), endTime: end.map(Timestamp.epoch), error: error))
    }

    static func nothing(_ result: Result, http: Int? = nil, _ message: String = "why") -> Answer {
        Answer(result: result, httpStatus: http, failure: .text(message))
    }
}
