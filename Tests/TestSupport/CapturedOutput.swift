import Foundation
import Synchronization

/// What a process has written so far to one of its streams.
package final class CapturedOutput: Sendable {
    /// Bytes after which reading stops: a process in an endless loop gets a closed pipe and does not fill the memory.
    private static let limit = 256 << 20

    private let written: Mutex<[UInt8]> = Mutex([])
    private let reachedEnd: Atomic<Bool> = Atomic(false)
    private let end: AsyncStream<Never>

    /// Reads `descriptor` to its end on a thread of its own (the reads block), then closes it.
    init(reading descriptor: CInt) {
        let (end, ending) = AsyncStream.makeStream(of: Never.self)
        self.end = end
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            var total = 0
            while total < Self.limit {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                // A pseudo-terminal ends with EIO, not with 0 bytes.
                guard count > 0 else { break }
                written.withLock { $0 += buffer[..<count] }
                total += count
            }
            close(descriptor)
            reachedEnd.store(true, ordering: .releasing)
            ending.finish()
        }
    }

    package var bytes: [UInt8] { written.withLock { $0 } }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether the process can write no more.
    package var isAtEnd: Bool { reachedEnd.load(ordering: .acquiring) }

    /// Returns once everything the process wrote has been read.
    package func untilEnd() async { for await _ in end {} }
}
