/// Polls on their way to the recorder, written together: at the latest half a second after the first of them came, or
/// when there are many.
///
/// While another program holds the history, a write waits; what is polled meanwhile waits here, and who adds to it waits too when it
/// comes to many bytes. What else keeps the recorder from writing and may pass (the disk is full) costs no polls either, until
/// they come to many bytes, or the last of them is there: then its next refusal ends the run.
actor PollBatch {
    /// How long a poll may wait to be written; with the write itself, well under the second that docs/design.md §4 allows.
    static let longestWait = Duration.milliseconds(500)
    /// How long after a failed write the next one is begun.
    static let retryPause = Duration.seconds(1)
    /// Polls in one transaction.
    static let largest = 4096
    /// Bytes in one transaction; real polls have some hundred each, but it is the server that decides.
    static let largestBytes = 4 * 1024 * 1024
    /// Bytes that wait at most, those that are being written included.
    static let mostBytes = 12 * 1024 * 1024

    private let clock: SteadyClock
    private let write: @Sendable ([Poll]) async throws -> Void
    /// Those that are being written among them, at the front.
    private var pending: [Poll] = []
    private var pendingBytes = 0
    private var timer: Task<Void, Never>?
    private var attempt: Task<Void, any Error>?
    private var isRefused = false
    private var failure: (any Error)?
    /// Polls that are in the history.
    private(set) var written = 0

    init(by clock: SteadyClock, write: @escaping @Sendable ([Poll]) async throws -> Void) {
        self.clock = clock
        self.write = write
    }

    /// Takes a poll in; throws what ended the writing for good.
    func add(_ poll: Poll) async throws {
        if let failure { throw failure }
        pending.append(poll)
        pendingBytes += Self.bytes(of: poll)
        if pendingBytes >= Self.mostBytes {
            try await flush()
        } else if !isRefused, pending.count >= Self.largest || pendingBytes >= Self.largestBytes {
            timer?.cancel()
            timer = nil
            schedule(after: .zero)
        } else if attempt == nil {
            schedule(after: Self.longestWait)
        }
    }

    /// Returns once everything taken in is written; throws what the next failed write fails with.
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
        // Whoever began it goes on with what has come since.
        guard attempt == nil, failure == nil else { return }
        do {
            repeat { try await writeSome() } while pending.count >= Self.largest || pendingBytes >= Self.largestBytes
            if !pending.isEmpty { schedule(after: Self.longestWait) }
        } catch {
            if let fault = error as? any PassingFault, fault.mayPass {
                schedule(after: Self.retryPause)
            } else {
                failure = error
            }
        }
    }

    /// Writes what came first, or waits for the write that is under way.
    private func writeSome() async throws {
        // Not a child task: it may have been begun by another one.
        let task = attempt ?? Task { try await writeFirst() }
        attempt = task
        // A stop ends the waiting for another program, and not the writing.
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func writeFirst() async throws {
        defer { attempt = nil }
        var (count, bytes) = (0, 0)
        while count < min(pending.count, Self.largest), bytes < Self.largestBytes {
            bytes += Self.bytes(of: pending[count])
            count += 1
        }
        do {
            try await write(Array(pending[..<count]))
        } catch {
            isRefused = true
            throw error
        }
        isRefused = false
        written += count
        pending.removeFirst(count)
        pendingBytes -= bytes
    }

    /// About what a poll takes in memory: the body as it came, and what was read in it.
    private static func bytes(of poll: Poll) -> Int { 512 + 3 * (poll.answer.body?.count ?? 0) }
}
