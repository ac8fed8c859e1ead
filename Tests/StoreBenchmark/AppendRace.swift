import Foundation
import GuestCustomization
import HistoryStore
import PlainInserts

/// The store's `append` and a plain C loop by turns: the same polls with the same pragmas, as many to a commit. The C loop inserts a
/// row for each poll and is given row numbers; the store gets answers, finds or adds their rows, and keeps the customizations.
struct AppendRace {
    static let passesARound = 20
    let directory: String
    let batch: Int

    func run(rounds: Int) async throws {
        let (storePath, plainPath) = ("\(directory)/store-\(batch).db", "\(directory)/plain-\(batch).db")
        var estate = Estate(vms: StoreBenchmark.vms, at: StoreBenchmark.start)
        let database = try StoreBenchmark.open(storePath)
        var unmeasured = Stopwatch()
        // Both files start with the VMs and an answer of each.
        let first = estate.pass(at: StoreBenchmark.start)
        try await StoreBenchmark.record(
            first, of: estate, to: database, at: StoreBenchmark.start, batch: batch, &unmeasured)
        let twin = try StoreBenchmark.open(plainPath)
        try await StoreBenchmark.record(
            first, of: estate, to: twin, at: StoreBenchmark.start, batch: batch, &unmeasured)
        try twin.close()
        guard let plain = plain_inserts_open(plainPath) else { fatalError("cannot open \(plainPath)") }
        defer { plain_inserts_close(plain) }

        var ratios: [(wall: Double, cpu: Double)] = []
        for round in 0..<rounds {
            var (store, loop) = (Stopwatch(), Stopwatch())
            for pass in 0..<Self.passesARound {
                let now = StoreBenchmark.start.advanced(bySeconds: Double(1 + round * Self.passesARound + pass) * 3600)
                let polls = estate.pass(at: now)
                let run = try await StoreBenchmark.record(
                    polls, of: estate, to: database, at: now, batch: batch, &store)
                let rows = batches(of: polls, at: now, in: run, storePath, plain)
                let plainRun = plain_inserts_begin_run(plain, now.unixMilliseconds)
                for batch in rows { append(batch, to: plainRun, plain, &loop) }
            }
            let rows = Double(Self.passesARound * StoreBenchmark.vms)
            ratios.append((loop.wallSeconds / store.wallSeconds, loop.cpuSeconds / store.cpuSeconds))
            print(
                "append, \(batch) a commit, round \(round + 1): store \(rate(rows, store)), C loop \(rate(rows, loop)), ratio \(StoreBenchmark.text(ratios[round].wall, 2)) on the clock, \(StoreBenchmark.text(ratios[round].cpu, 2)) of processor"
            )
        }
        try database.close()
        func median(_ values: [Double]) -> String { StoreBenchmark.text(values.sorted()[values.count / 2], 2) }
        print(
            "append, \(batch) a commit, median of \(rounds): \(median(ratios.map(\.wall))) of the C loop's rows/s on the clock, \(median(ratios.map(\.cpu))) by processor time"
        )
    }

    private struct Rows {
        var vms: [Int64]
        var offsets: [Int64]
        var answers: [Int64]
    }

    /// The rows that the store made of each commit's polls, sorted as it sorts them. The VMs were numbered in the order of the listing.
    private func batches(
        of polls: [Poll], at start: Timestamp, in run: CollectionRunID, _ storePath: String, _ plain: OpaquePointer
    ) -> [Rows] {
        var answers = [Int64](repeating: 0, count: StoreBenchmark.vms)
        let code = plain_inserts_take_answers(plain, storePath, run.rawValue, &answers, Int64(answers.count))
        if code != 0 { fatalError("the answers of run \(run.rawValue): SQLite's code \(code)") }
        return stride(from: 0, to: polls.count, by: batch).map { first in
            let rows = polls[first..<min(first + batch, polls.count)]
                .map { poll in
                    (
                        vm: (Int64(poll.vm.dropFirst(3)) ?? 0) - 1000,
                        offset: poll.polledAt.unixMilliseconds - start.unixMilliseconds
                    )
                }
                .sorted { $0.vm < $1.vm }
            return Rows(
                vms: rows.map(\.vm), offsets: rows.map(\.offset), answers: rows.map { answers[Int($0.vm) - 1] })
        }
    }

    private func append(_ rows: Rows, to run: Int64, _ plain: OpaquePointer, _ watch: inout Stopwatch) {
        let code = watch.measure {
            plain_inserts_append(plain, run, rows.vms, rows.offsets, rows.answers, Int64(rows.vms.count))
        }
        if code != 0 { fatalError("run \(run): the C loop ended with SQLite's code \(code)") }
    }

    private func rate(_ rows: Double, _ watch: Stopwatch) -> String {
        "\(StoreBenchmark.text(rows / watch.wallSeconds / 1e6, 2)) M rows/s (\(StoreBenchmark.text(watch.cpuSeconds / rows * 1e6, 2)) µs)"
    }
}
