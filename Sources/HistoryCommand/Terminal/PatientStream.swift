import Glibc

/// A stream for messages that never blocks the program: a reader that has gone or stopped reading, or a full log disk, must not
/// cost polls.
struct PatientStream {
    let descriptor: CInt
    /// Whether the reader recently failed to make room in time. Until there is room, no time is spent on it.
    private var isStuck = false

    /// Milliseconds that a reader may take to make room.
    private static let patience: CInt = 1000
    /// Bytes that a pipe accepts at once if it has any room.
    private static let piece = 4096

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Writes as much of `text` as the stream accepts.
    mutating func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty, hasRoom() {
            let written = rest.prefix(Self.piece).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                return
            }
            rest = rest.dropFirst(written)
        }
    }

    private mutating func hasRoom() -> Bool {
        while true {
            var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let found = poll(&stream, 1, isStuck ? 0 : Self.patience)
            if found < 0, errno == EINTR { continue }
            isStuck = found == 0
            return found > 0 && stream.revents & Int16(POLLOUT) != 0
        }
    }
}
