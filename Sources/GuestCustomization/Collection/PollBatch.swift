/// Polls on their way to the recorder, written together: at the latest half a second after the first of them came, or
/// when there are many.
///
/// A writer that falls behind holds `add` up, so that polls never pile up in memory.
actor PollBatch {
    /// How long a poll may wait to be written; with the write itself, well under the second that DESIGN.md §4 allows.
    static let longestWait = Duration.milliseconds(500)
    static let largest = 4096
    /// Bytes of bodies; real ones have some hundred each, but it is the server that decides.
    static let largestBodies = 8 * 1024 * 1024

    private let write: @Sendable ([Poll]) async throws -> Void
    private var pending: [Poll] = []
    private var pendingBytes = 0
    private var timer: Task<Void, Never>?
    private var writing: Task<Void, any Error>?
    private var failure: (any Error)?

    init(write: @escaping @Sendable ([Poll]) async throws -> Void) {
        self.write = write
    }

    /// Takes a poll in; throws what an earlier write in the background failed with.
    func add(_ poll: Poll) async throws {
        if let failure { throw failure }
        pending.append(poll)
        pendingBytes += poll.answer.body?.count ?? 0
        if pending.count >= Self.largest || pendingBytes >= Self.largestBodies {
            try await flush()
        } else if timer == nil {
            timer = Task {
                try? await Task.sleep(for: Self.longestWait)
                if !Task.isCancelled { try? await flush() }
            }
        }
    }

    /// Returns once everything taken in is written.
    func flush() async throws {
        timer?.cancel()
        timer = nil
        while let writing {
            // Whoever waited for it may be told before whoever began it; after a failed write no other is to be tried.
            if case .failure(let error) = await writing.result { failure = error }
            if self.writing == writing { self.writing = nil }
        }
        if let failure { throw failure }
        guard !pending.isEmpty else { return }
        let polls = pending
        pending = []
        pendingBytes = 0
        // Not a child task: a signal that stops the run must not stop the writing of what the run has.
        let task = Task { [write] in try await write(polls) }
        writing = task
        do {
            try await task.value
        } catch {
            failure = error
            throw error
        }
    }
}
