import Foundation
import GuestCustomization
import HistoryStore
import PlainInserts
import TestSupport

/// Measures what the store promises: the room that a poll takes, and the speed of appending beside a plain C loop. Writes the
/// history that reports are measured on.
///
///     StoreBenchmark [size [POLLS]] [append [ROUNDS]]
///     StoreBenchmark history FILE VMS CUSTOMIZATIONS POLLS
///     StoreBenchmark estate FILE VMS RUNS
@main
enum StoreBenchmark {
    static let vms = 5000
    static let start = Timestamp(unixMilliseconds: 1_793_491_200_000)

    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        if words.first == "history" {
            let numbers = words.dropFirst(2).compactMap { Int($0) }
            guard words.count == 5, numbers.count == 3 else { fatalError("history FILE VMS CUSTOMIZATIONS POLLS") }
            try await LongHistory(vms: numbers[0], customizations: numbers[1], polls: numbers[2], end: .now())
                .write(to: words[1])
            return
        }
        if words.first == "estate" {
            let numbers = words.dropFirst(2).compactMap { Int($0) }
            guard words.count == 4, numbers.count == 2 else { fatalError("estate FILE VMS RUNS") }
            try await writeEstate(to: words[1], vms: numbers[0], runs: numbers[1])
            return
        }
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("store-benchmark-\(getpid())")
            .path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        func number(after word: String, else standard: Int) -> Int {
            words.firstIndex(of: word).flatMap { $0 + 1 < words.count ? Int(words[$0 + 1]) : nil } ?? standard
        }
        if words.isEmpty || words.contains("append") {
            // What half a second brings of a quick vCenter, up to the most that the collector ever commits at once (`PollBatch`).
            for batch in [500, 2048, 4096] {
                try await AppendRace(directory: directory, batch: batch).run(rounds: number(after: "append", else: 7))
            }
        }
        if words.isEmpty || words.contains("size") {
            try await measureSize(directory + "/size.db", polls: number(after: "size", else: 10_000_000))
        }
    }

    static func open(_ path: String) throws -> HistoryDatabase {
        try HistoryDatabase.open(
            path, access: .readWrite(create: true), toolVersion: "benchmark", waiting: .init(clock: .system), at: start)
    }

    /// One pass over the estate through the store.
    @discardableResult
    static func record(
        _ polls: [Poll], of estate: Estate, to database: HistoryDatabase, at start: Timestamp, batch: Int,
        _ watch: inout Stopwatch
    ) async throws -> CollectionRunID {
        let run = try await database.beginRun(vCenter: "vc", endpoint: .customizationLive, at: start)
        _ = try await database.record(
            VirtualMachineList(estate.listing, isWhole: true), identifiedAs: [:], in: run, at: start)
        for first in stride(from: 0, to: polls.count, by: batch) {
            let slice = Array(polls[first..<min(first + batch, polls.count)])
            try await watch.measure { try await database.append(slice, to: run) }
        }
        try await database.finishRun(
            run, as: CollectionRunEnd(outcome: .partial, finishedAt: start.advanced(bySeconds: 3)))
        return run
    }

    /// A history with a run every ten minutes.
    private static func writeEstate(to path: String, vms: Int, runs: Int) async throws {
        let database = try open(path)
        var estate = Estate(vms: vms, at: start)
        var unmeasured = Stopwatch()
        for run in 0..<runs {
            let now = start.advanced(bySeconds: Double(run) * 600)
            try await record(estate.pass(at: now), of: estate, to: database, at: now, batch: 4096, &unmeasured)
        }
        try database.close()
    }

    /// The whole file, everything in it, by the polls in it.
    private static func measureSize(_ path: String, polls count: Int) async throws {
        let database = try open(path)
        var estate = Estate(vms: vms, at: start)
        var watch = Stopwatch()
        let passes = count / vms
        for pass in 0..<passes {
            let now = start.advanced(bySeconds: Double(pass) * 3600)
            try await record(estate.pass(at: now), of: estate, to: database, at: now, batch: 2500, &watch)
        }
        try database.close()
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        let perPoll = Double(size) / Double(passes * vms)
        print(
            "size: \(passes * vms) polls (\(vms) VMs, \(passes) hourly runs): \(size) bytes, \(text(perPoll, 2)) a poll"
        )
        print("      appended in \(text(watch.wallSeconds, 1)) s, \(text(watch.cpuSeconds, 1)) s of processor")
    }

    static func text(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }
}
