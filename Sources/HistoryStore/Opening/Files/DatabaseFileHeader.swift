import Foundation
import GuestCustomization

/// What kind of file the first bytes show. Read without SQLite: opening a file with it may leave traces, and other files must not be touched.
///
/// Source: https://www.sqlite.org/fileformat2.html#the_database_header
enum DatabaseFileHeader: Equatable {
    /// No file.
    case missing
    /// An empty file, which may become a history.
    case empty
    /// Not a SQLite database.
    case other
    /// A SQLite database of the program with this `application_id`; 0 if the program set none.
    case database(applicationID: UInt32, isWAL: Bool)

    /// `GCHi`, for guest customization history.
    static let ourApplicationID: UInt32 = 0x4743_4869

    init(ofFile path: String) throws {
        // Do not wait for the writer of a pipe.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let cause = errno
            if cause == ENOENT || cause == ENOTDIR {
                self = .missing
                return
            }
            // A socket, or a device that is not there.
            if cause == ENXIO || cause == ENODEV { throw Self.noFile(path) }
            throw Self.unreadable(path, cause)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path, errno) }
        // Reading a device or a pipe could block forever or never end.
        guard status.st_mode & S_IFMT == S_IFREG else { throw Self.noFile(path) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw Self.unreadable(path, errno) }
        self.init(firstBytes: bytes.prefix(count))
    }

    init(firstBytes bytes: ArraySlice<UInt8>) {
        if bytes.isEmpty {
            self = .empty
        } else if bytes.count == 100, bytes.starts(with: Array("SQLite format 3\0".utf8)) {
            self = .database(
                applicationID: bytes[68..<72].reduce(0) { $0 << 8 | UInt32($1) },
                isWAL: bytes[18] == 2 && bytes[19] == 2)
        } else {
            self = .other
        }
    }

    private static func noFile(_ path: String) -> HistoryError {
        HistoryError(
            .cannotRead, "cannot open \(path): it is not a regular file; name a file with --database")
    }

    private static func unreadable(_ path: String, _ cause: Int32) -> HistoryError {
        HistoryError(
            .cannotRead,
            "cannot read \(path): \(String(cString: strerror(cause))); check the permissions of the file and of its directory"
        )
    }
}
