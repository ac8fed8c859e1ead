import Foundation
import GRDB
import GuestCustomization

extension HistoryDatabase {
    /// The tables whose rows are counted. `poll_block` is not among them: each of its rows would have to be read.
    private static let countedTables = [
        "vcenter", "virtual_machine", "collection_run", "customization", "answer", "answer_change", "event",
    ]

    /// How large the history is. Reads the runs' figures, not the polls.
    ///
    /// - Throws: `HistoryError`.
    package func size(at now: Timestamp) throws -> HistorySize {
        let disk = try disk()
        return try atOneInstant {
            let uuid = try uuid()
            return try read("read the size of") { db in
                let pageSize = try db.count("PRAGMA page_size")
                let lastPruned = try Baseline.current(db)?.lastRun ?? 0
                let recentSince = now.advanced(bySeconds: -HistorySize.measuredDays * 86400)
                let runs = try db.firstRow(
                    of: """
                        SELECT min(started_ms), max(started_ms), ifnull(sum(polls) FILTER (WHERE id > \(lastPruned)), 0),
                            ifnull(sum(polls) FILTER (WHERE started_ms >= \(recentSince)), 0),
                            ifnull(sum(polls) FILTER (WHERE id <= \(lastPruned)), 0),
                            min(started_ms) FILTER (WHERE id > \(lastPruned) AND \(lastPruned) > 0)
                        FROM collection_run
                        """
                ) {
                    (
                        first: try $0.timestampOrNull(0), last: try $0.timestampOrNull(1), polls: try $0.countSum(2),
                        recent: try $0.countSum(3), pruned: try $0.countSum(4), keptSince: try $0.timestampOrNull(5)
                    )
                }
                var size = HistorySize(
                    uuid: uuid, generatedAt: now, fileBytes: Self.bytes(of: path),
                    logBytes: Self.bytes(of: path + "-wal"),
                    freeBytes: try db.count("PRAGMA freelist_count") * pageSize,
                    emptyBytes: try db.count("SELECT count(*) FROM sqlite_schema WHERE rootpage > 0") * pageSize,
                    rows: try Self.countedTables.map {
                        .init(table: $0, count: try db.count("SELECT count(*) FROM \(sql: $0)"))
                    },
                    polls: runs?.polls ?? 0, recentPolls: runs?.recent ?? 0, firstRunAt: runs?.first,
                    lastRunAt: runs?.last, diskBytes: disk.all, availableBytes: disk.available)
                (size.prunedPolls, size.keptSince) = (runs?.pruned ?? 0, runs?.keptSince)
                return size
            }
        }
    }

    private static func bytes(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private func disk() throws -> (all: Int, available: Int) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else {
            throw HistoryError(
                .cannotRead, about: "cannot read the free space of the disk of \(path)",
                String(cString: strerror(errno)))
        }
        /// File systems elsewhere may report any number of blocks.
        func bytes(_ blocks: some BinaryInteger) -> Int {
            let (bytes, isTooLarge) = Int(clamping: blocks).multipliedReportingOverflow(
                by: Int(clamping: status.f_frsize))
            return isTooLarge ? .max / 2 : min(bytes, .max / 2)
        }
        return (bytes(status.f_blocks), bytes(status.f_bavail))
    }
}
