import BombCorpus
import Foundation
import GuestCustomization
import HistoryConfiguration
import Logging
import Synchronization
import TestSupport
import VCenterClient
import VCenterSimulator

/// Measures the CPU time of answers designed to take much time: per 64 KB, from the request to the recorded answer and its cause.
///
///     BombBenchmark [SEED]
///
/// The time includes the simulated vCenter and both ends of TLS. Exits with 1 if an answer costs more than `limit`.
@main
enum BombBenchmark {
    /// Milliseconds per 64 KB.
    static let limit = 10.0
    static let rounds = 5

    static func main() async throws {
        let seed = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) } ?? 1
        var options = SimulatedVCenter.Options(clock: Timestamp.now)
        options.virtualMachines = 1
        let isCheap = try await SimulatedVCenter.withRunning(options) { @Sendable in try await measure($0, seed: seed) }
        exit(isCheap ? 0 : 1)
    }

    /// Prints the cost of each bomb; returns whether none costs too much.
    private static func measure(_ simulated: SimulatedVCenter, seed: UInt64) async throws -> Bool {
        let vCenter = VCenter(
            try configuration(of: simulated), retry: RetryPolicy(attempts: 1), logger: Logger(label: "bombs"),
            now: Timestamp.now, clock: withoutWaiting)
        let vm = try await vCenter.virtualMachines().virtualMachines[0].id
        var isCheap = true
        for bomb in Bomb.all(seed: seed) {
            simulated.removeFaults()
            simulated.inject(.answer(bomb.status, body: String(decoding: bomb.body, as: UTF8.self))) {
                $0.kind == .customizationLive
            }
            var best = Double.infinity
            for _ in 0..<rounds {
                let began = cpuSeconds()
                let answer = try await vCenter.lastCustomization(of: vm, endpoint: .customizationLive).answer
                _ = FailureCause.of(id: nil, message: answer.errorMessage, names: [vm])
                best = min(best, cpuSeconds() - began)
            }
            let cost = best * 1000 * Double(Bomb.size) / Double(max(bomb.body.count, Bomb.size / 2))
            isCheap = isCheap && cost <= limit
            say("\(cost <= limit ? " " : "!") \(String(format: "%7.2f", cost)) ms/64 KB  \(bomb.name)")
        }
        await vCenter.close()
        return isCheap
    }

    /// A client waits longer and longer for a server that refuses; here every wait is skipped.
    private static var withoutWaiting: SteadyClock {
        let skipped = Skipped()
        return SteadyClock(
            now: { SteadyClock.system.now() + skipped.time.withLock { $0 } },
            sleep: { time in
                try Task.checkCancellation()
                skipped.time.withLock { $0 += time }
            })
    }

    private final class Skipped: Sendable {
        let time = Mutex(Duration.zero)
    }

    /// Written at once, also to a pipe.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func configuration(of simulated: SimulatedVCenter) throws -> VCenterConfiguration {
        let certificate = FileManager.default.temporaryDirectory.appendingPathComponent("bombs-\(getpid()).pem")
        try Data(simulated.authorityPEM.utf8).write(to: certificate)
        defer { try? FileManager.default.removeItem(at: certificate) }
        var settings = ConnectionSettings(environment: [
            "GOVC_USERNAME": simulated.user, "GOVC_PASSWORD": simulated.password,
        ])
        settings.server = simulated.url
        settings.authorityFiles = certificate.path
        return try settings.configuration()
    }
}
