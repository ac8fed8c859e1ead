import Foundation
import GRDB
import GuestCustomization

/// The row of `latest_commit`: every commit of this program has a random token, and names the commit before it.
///
/// SQLite applies any valid log to the database file beside it. So if a file was restored without its log, or a log without its file,
/// the two would be mixed silently. The tokens detect this: a log continues from the commit before its first one, and the file holds
/// that commit, or one of the log's own that was already copied to it.
struct CommitMark: Equatable {
    var token: UInt64
    var previous: UInt64

    /// The pages that may have the row: that of the first table created is the third, or the second in a file that was rewritten without
    /// `auto_vacuum`.
    static let pageNumbers = [3, 2]

    /// Gives the commit a new token; to be called in each transaction.
    static func advance(_ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE latest_commit SET previous = token, token = randomblob(8)").execute()
    }

    /// Parses a leaf page of a table whose only row has the id 1 and two BLOBs of 8 bytes; `nil` for any other page.
    /// Source: https://www.sqlite.org/fileformat2.html#b_tree_pages
    init?(page: [UInt8]) {
        let cell: [UInt8] = [20, 1, 4, 0, 28, 28]
        guard page.count >= 512, page[0] == 0x0D, page[3] == 0, page[4] == 1 else { return nil }
        let start = Int(page[8]) << 8 | Int(page[9])
        guard start + cell.count + 16 <= page.count, page[start...].starts(with: cell) else { return nil }
        func number(at offset: Int) -> UInt64 { page[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        token = number(at: start + cell.count)
        previous = number(at: start + cell.count + 8)
    }
}

extension CommitMark {
    /// The two may briefly look inconsistent while other processes write and copy the log to the file.
    private static let attempts = 10

    /// Throws if the log beside a database belongs to another state of it. Both are read without SQLite, which would mix the two.
    static func requireOwnLog(of path: String) throws {
        for _ in 0..<attempts {
            let marks = WriteAheadLog.marks(of: path)
            // Without a commit of ours in the log there is nothing to compare.
            guard let first = marks.first, let mark = fileMark(path) else { return }
            if mark.token == first.previous || marks.contains(where: { $0.token == mark.token }) { return }
            usleep(20_000)
        }
        throw HistoryError(
            .damaged,
            "cannot use \(path): \(path)-wal belongs to another state of it, for example because one of the two was restored from a backup without the other; to keep the file alone, delete \(path)-wal and \(path)-shm; to keep both, restore the file that the log was written for"
        )
    }

    /// The mark in the file itself, without its log.
    private static func fileMark(_ path: String) -> CommitMark? {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard let header = read(descriptor, 100, at: 0) else { return nil }
        let stored = Int(header[16]) << 8 | Int(header[17])
        let size = stored == 1 ? 65536 : stored
        return pageNumbers.lazy.compactMap { number in
            read(descriptor, size, at: off_t(size * (number - 1))).flatMap(CommitMark.init)
        }.first
    }

    /// Reads `count` bytes; `nil` if there are fewer.
    fileprivate static func read(_ descriptor: Int32, _ count: Int, at offset: off_t) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return pread(descriptor, &bytes, count, offset) == count ? bytes : nil
    }
}

/// The log of a database, as far as this program reads it without SQLite. Source: https://www.sqlite.org/fileformat2.html#walformat
private enum WriteAheadLog {
    private static let (headerSize, frameHeaderSize) = (32, 24)

    /// The marks of the commits in it, the oldest first; empty if there is no log, or an empty one.
    static func marks(of path: String) -> [CommitMark] {
        let descriptor = open(path + "-wal", O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        guard let header = CommitMark.read(descriptor, headerSize, at: 0), header.starts(with: [0x37, 0x7F, 0x06])
        else {
            return []
        }
        let pageSize = number(header, at: 8)
        guard (512...65536).contains(pageSize) else { return [] }
        var marks: [CommitMark] = []
        var offset = headerSize
        // Frames from before the log was last reset have another salt.
        while let frame = CommitMark.read(descriptor, frameHeaderSize, at: off_t(offset)),
            frame[8..<16] == header[16..<24]
        {
            if CommitMark.pageNumbers.contains(number(frame, at: 0)),
                let page = CommitMark.read(descriptor, pageSize, at: off_t(offset + frameHeaderSize)),
                let mark = CommitMark(page: page)
            {
                marks.append(mark)
            }
            offset += frameHeaderSize + pageSize
        }
        return marks
    }

    private static func number(_ bytes: [UInt8], at offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
}
