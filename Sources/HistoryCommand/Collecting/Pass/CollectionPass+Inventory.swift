import GuestCustomization
import HistoryConfiguration
import HistoryStore
import Logging

extension CollectionPass {
    /// The share of a run's time in which a vCenter has to tell what its VMs are: the rest is for polls.
    private static let share = 4

    /// What a vCenter tells about its VMs before they are polled. To a pass over a few VMs it would tell about all.
    ///
    /// A vCenter without the VI JSON API tells nothing, and nothing is said about that. Any other fault is reported, and the polls go on.
    func inventory(
        of source: some AttributeSource, called name: String, into outcome: inout Outcome
    ) async throws -> InventoryReading {
        let (reading, start) = (InventoryReading(), try history.sourcesEnd(of: name))
        let limit = vCenter.timeouts.run.map { $0 / Self.share }
        do {
            let isWhole: Void? = try await TimeLimit.value(within: limit, by: clocks.steady) {
                try await reading.read(from: source, sourcesSince: start)
            }
            if isWhole == nil { report(incomplete: "it took longer than \((limit ?? .zero).text)", &outcome) }
            sayMissing(reading)
        } catch {
            let failure = error.asHistoryError
            let isQuiet = Task.isCancelled || failure.code == .endpointMissing
            if !isQuiet { report(incomplete: failure.message, &outcome) }
        }
        return reading
    }

    private func report(incomplete reason: String, _ outcome: inout Outcome) {
        report(
            Problem(
                level: .warning,
                line:
                    "\(vCenter.name, as: "vcenter"): what its VMs are, such as on which hosts, was not read completely: \(reason, as: "reason"); they are polled all the same",
                kinds: ["inventory \(MessageShape(reason).text)"]),
            &outcome)
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
