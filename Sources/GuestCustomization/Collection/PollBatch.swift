/// Polls on their way to the recorder, written in batches: at the latest half a second after the first poll of a batch was added, or
/// as soon as there are many.
///
/// While another program holds the history, a write waits. Polls added meanwhile wait here, and `add` waits too once they take many
/// bytes. Another temporary fault of the recorder, such as a full disk, loses no polls either, until they take many bytes or the last
/// poll has been added: then the next refusal ends the run.
actor PollBatch {
    /// How long a poll may wait to be written; with the write itself, well under the second that docs/design.md §4 allows.
    static let maximumWait = Duration.milliseconds(500)
    /// How long after a failed write the next one begins.
    static let retryPause = Duration.seconds(1)
    /// Polls in one transaction.
    static let maximumCount = 2048
    /// Bytes in one transaction; a typical poll has a few hundred, but the server decides.
    static let maximumBytes = 4 * 1024 * 1024
    /// Bytes that may wait, including those that are being written.
    static let maximumPendingBytes = 12 * 1024 * 1024

    private let clock: SteadyClock
    private let write: @Sendable ([Poll]) async throws -> Void
    /// Includes the polls that are being written, at the front.
    private var pending: [Poll] = []
    private var pendingBytes = 0
    private var timer: Task<Void, Never>?
    private var attempt: Task<Void, any Error>?
    private var isRefused = false
    private var failure: (any Error)?
    /// How many polls are in the history.
    private(set) var written = 0

    init(by clock: SteadyClock, write: @escaping @Sendable ([Poll]) async throws -> Void) {
        self.clock = clock
        self.write = write
    }

    /// Adds a poll; throws the error that ended the writing permanently.
    func add(_ poll: Poll) async throws {
        if let failure { throw failure }
        pending.append(poll)
        pendingBytes += Self.bytes(of: poll)
        if pendingBytes >= Self.maximumPendingBytes {
            try await flush()
        } else if !isRefused, pending.count >= Self.maximumCount || pendingBytes >= Self.maximumBytes {
            timer?.cancel()
            timer = nil
            schedule(after: .zero)
        } else if attempt == nil {
            schedule(after: Self.maximumWait)
        }
    }

    /// Returns once everything added is written; throws the error of the next write that fails.
    func flush() async throws {
        timer?.cancel()
        timer = nil
        while failure == nil, !pending.isEmpty {
            do { try await writeSome() } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func schedule(after pause: Duration) {
        guard timer == nil else { return }
        timer = Task {
            try? await clock.sleep(for: pause)
            if !Task.isCancelled { await writeInBackground() }
        }
    }

    private func writeInBackground() async {
        timer = nil
        // The task that began the write goes on with the polls added since.
        guard attempt == nil, failure == nil else { return }
        do {
            repeat {
                try await writeSome()
            } while pending.count >= Self.maximumCount || pendingBytes >= Self.maximumBytes
            if !pending.isEmpty { schedule(after: Self.maximumWait) }
        } catch {
            if Self.mayPass(error) { schedule(after: Self.retryPause) } else { failure = error }
        }
    }

    /// Writes the oldest polls, or waits for the write that is under way.
    private func writeSome() async throws {
        // Not a child task: another task may have begun it.
        let task = attempt ?? Task { try await writeFirst() }
        attempt = task
        // A stop ends the wait for another program, but not the write.
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func writeFirst() async throws {
        defer { attempt = nil }
        var (count, bytes) = (0, 0)
        while count < min(pending.count, Self.maximumCount), bytes < Self.maximumBytes {
            bytes += Self.bytes(of: pending[count])
            count += 1
        }
        do {
            try await write(Array(pending[..<count]))
        } catch {
            isRefused = true
            // At once: a poll that is added meanwhile must not begin another write.
            if !Self.mayPass(error) { failure = error }
            throw error
        }
        isRefused = false
        written += count
        pending.removeFirst(count)
        pendingBytes -= bytes
    }

    private static func mayPass(_ error: any Error) -> Bool { (error as? any PassingFault)?.mayPass == true }

    /// Roughly what a poll takes in memory: the body as received, and the values read from it.
    private static func bytes(of poll: Poll) -> Int { 512 + 3 * (poll.answer.body?.count ?? 0) }
}
