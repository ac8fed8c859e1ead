import GuestCustomization
import HistoryConfiguration
import HistoryStore
import Logging

extension CollectionPass {
    /// The share of a run's time in which a vCenter has to tell what its VMs are: the run waits for it in the end.
    private static let share = 4
    /// The same for a run whose time is not limited.
    private static let limit = Duration.seconds(300)

    /// Has a vCenter tell about its VMs. To a pass over a few VMs it would tell about all.
    ///
    /// A vCenter without the VI JSON API tells nothing, and nothing is said about that. Any other fault is a problem, and the polls go on.
    func read(
        _ reading: InventoryReading?, from source: some AttributeSource, within left: Duration?
    ) async -> Problem? {
        guard let reading else { return nil }
        let limit = vCenter.timeouts.run.map { min($0 / Self.share, left ?? $0) } ?? Self.limit
        // Each page takes megabytes until it is read.
        defer { PassingMemory.giveBack() }
        do {
            let isWhole: Void? = try await TimeLimit.value(within: limit, by: clocks.steady) {
                try await reading.read(from: source)
            }
            sayMissing(reading)
            return isWhole == nil ? incomplete("it took longer than \(limit.text)") : nil
        } catch {
            let failure = error.asHistoryError
            return Task.isCancelled || failure.code == .endpointMissing ? nil : incomplete(failure.message)
        }
    }

    private func incomplete(_ reason: String) -> Problem {
        Problem(
            level: .warning,
            line:
                "\(vCenter.name, as: "vcenter"): what its VMs are, such as on which hosts, was not read completely: \(reason, as: "reason"); they are polled all the same",
            // Where the vCenter fails and time ends meanwhile, the reason differs from run to run.
            kinds: ["inventory"])
    }

    private func sayMissing(_ reading: InventoryReading) {
        let missing = reading.missing.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        guard !missing.isEmpty else { return }
        messages.say(
            .info,
            "\(vCenter.name, as: "vcenter"): did not tell all about its VMs: \(missing.joined(separator: ", "), as: "missing")"
        )
    }
}
