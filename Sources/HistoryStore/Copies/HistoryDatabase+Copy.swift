import Foundation
import GRDB
import GuestCustomization

/// How far a copy has come.
package struct CopyProgress: Hashable, Sendable {
    /// Bytes copied.
    package var done: Int
    /// Bytes of the history.
    package var total: Int
}

extension HistoryDatabase {
    /// Pages copied between two reports of progress.
    package static let pagesPerStep: CInt = 1024

    /// Copies the history, as it is at one instant, into an empty file, page by page (SQLite's online backup).
    ///
    /// All steps read in one transaction: a run that writes meanwhile neither waits nor makes the copy start again, as it would
    /// between separate transactions. VACUUM INTO reads in one transaction too, but reports no progress, cannot be told from a stuck
    /// one, and writes another file than the one that is recorded.
    ///
    /// The copy needs no log: any SQLite can read it where nothing may be written. The next run that writes to it starts one again.
    ///
    /// - Parameters:
    ///   - file: The real path of an empty file, which no other process uses.
    ///   - name: What messages call it.
    ///   - pagesPerStep: Pages that are copied at a time.
    ///   - progress: Called after each step; an error that it throws ends the copy.
    /// - Throws: `HistoryError`; what `progress` throws.
    package func copy(
        to file: String, called name: String, pagesPerStep: CInt = pagesPerStep,
        progress: @escaping (CopyProgress) throws -> Void = { _ in }
    ) throws {
        let target = try Self.mappingWrites(to: name) { try CopyFile.writing(file) }
        do {
            try read("copy") { source in
                let pageSize = try source.count("PRAGMA page_size")
                // Begins the transaction's view of the history, which all steps share.
                _ = try source.count("SELECT count(*) FROM sqlite_schema")
                try target.writeWithoutTransaction { copy in
                    try Self.mappingWrites(to: name) {
                        try source.backup(to: copy, pagesPerStep: pagesPerStep) { state in
                            let done = state.totalPageCount - state.remainingPageCount
                            try progress(
                                CopyProgress(done: done * pageSize, total: state.totalPageCount * pageSize))
                        }
                    }
                }
            }
            try Self.mappingWrites(to: name) { try target.close() }
        } catch {
            try? target.close()
            throw error
        }
        try CopyFile.endLog(of: file, called: name)
    }

    /// Errors of the copy's file are told apart from those of the history.
    private static func mappingWrites<Value>(to name: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY:
                throw HistoryError(error, attempt: "write", path: name)
            default: throw error
            }
        }
    }
}

/// The file of a copy while it is written. Until it is complete, no other process knows it: it needs neither locks nor a log.
private enum CopyFile {
    static func writing(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "history.copy"
        configuration.prepareDatabase { db in
            // An incomplete copy is deleted, so nothing has to be rolled back. The complete one is synced as a whole.
            try db.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096")
        }
        return try DatabaseQueue(
            path: Connection.address(of: path, "nolock=1"), configuration: configuration)
    }

    /// Marks the file as one without a write-ahead log, as `PRAGMA journal_mode = DELETE` would, which for a moment creates the log.
    /// Source: https://www.sqlite.org/fileformat2.html#file_format_version_numbers
    static func endLog(of path: String, called name: String) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, pwrite(descriptor, [UInt8]([1, 1]), 2, 18) == 2 else {
            throw HistoryError(.cannotWrite, "cannot write \(name): \(String(cString: strerror(errno)))")
        }
    }
}
