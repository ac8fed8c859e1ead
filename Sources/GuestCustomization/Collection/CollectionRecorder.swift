/// The history as the collector sees it: what can be recorded to.
///
/// What a method has returned from is durable: a crash after it loses nothing of it.
public protocol CollectionRecorder: Sendable {
    /// Opens a run. A run of this vCenter and endpoint that was left open by a killed process is marked `interrupted`.
    func beginRun(vCenter: String, endpoint: Endpoint, at startedAt: Timestamp) async throws -> CollectionRunID

    /// Records the VMs that the run is about to poll, with the names they have now.
    func record(listing: [VirtualMachine], in run: CollectionRunID, at listedAt: Timestamp) async throws

    /// Appends polls of listed VMs, at most one a VM and run, in one transaction.
    func append(_ polls: [Poll], to run: CollectionRunID) async throws

    /// Closes a run; `failure` says why it was cut short.
    func finishRun(
        _ run: CollectionRunID, outcome: CollectionRunOutcome, at finishedAt: Timestamp, failure: String?) async throws
}
