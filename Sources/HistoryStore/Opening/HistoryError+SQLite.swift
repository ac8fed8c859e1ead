import GRDB
import GuestCustomization

extension HistoryError: PassingFault {
    package var mayPass: Bool { code == .busy || code == .full }
}

extension HistoryError {
    /// Converts SQLite's error; `attempt` follows "cannot": `append polls to`.
    init(_ error: DatabaseError, attempt: String, path: String) {
        let cause =
            "SQLite says: \((error.message ?? "no message").shownFromFile), code \(error.extendedResultCode.rawValue)"
        let (code, remedy): (HistoryError.Code, String) =
            switch error.resultCode {
            case .SQLITE_FULL: (.full, "the disk is full; free some space and run this again")
            case .SQLITE_NOMEM:
                (.noMemory, "the system has no memory left for it; raise the limits on memory (ulimit -v, ulimit -d)")
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
                (.busy, "another process holds the database; wait until it is done and run this again")
            case .SQLITE_NOTADB: (.notADatabase, "it is not a SQLite database; name another file with --database")
            case .SQLITE_CORRUPT:
                (.damaged, "the file is damaged; \(Self.restore)")
            case .SQLITE_ERROR where error.message == "unsupported file format":
                (.damaged, "the file is damaged, or was written by a later version of SQLite; \(Self.restore)")
            case .SQLITE_ERROR where error.message == "integer overflow":
                (.damaged, "the sum of its counts is too large; \(Self.restore)")
            case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
                (.damaged, "its contents are inconsistent; \(Self.restore)")
            case .SQLITE_READONLY where Self.needsWriter(error.extendedResultCode):
                (
                    .cannotRead,
                    "a process that was writing to it was killed, and only a writing process can repair it; run `\(ProgramName.called) collect` once"
                )
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
                (.cannotWrite, "it cannot be written to; check the permissions of the file and of its directory")
            case .SQLITE_CANTOPEN:
                (.cannotRead, "it cannot be opened; check the permissions of the file and of its directory")
            case .SQLITE_IOERR where Self.isRead(error.extendedResultCode):
                (.cannotRead, "reading failed; check the disk")
            case .SQLITE_IOERR:
                (.cannotWrite, "writing failed; check the disk, and the limit on the size of files (ulimit -f)")
            default: (.internal, "this is a fault of the program; please report it")
            }
        self.init(code, "cannot \(attempt) \(path): \(remedy) (\(cause))")
    }

    private static func isRead(_ code: ResultCode) -> Bool {
        [.SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_FSTAT, .SQLITE_IOERR_ACCESS].contains(code)
    }

    private static func needsWriter(_ code: ResultCode) -> Bool {
        [.SQLITE_READONLY_ROLLBACK, .SQLITE_READONLY_RECOVERY].contains(code)
    }

    /// Runs `body` and converts errors of SQLite, and of reading stored values, into this error.
    ///
    /// - Parameter finding: Finds what is wrong in the file; called if the stored data may be the cause.
    static func mapped<Result>(
        _ attempt: String, _ path: String, finding: () -> String? = { nil }, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let fault as StoredValueFault {
            throw damaged(attempt, path, finding() ?? "a value that was read \(fault.complaint)")
        } catch let error as DatabaseError {
            if mayComeOfContents(error.resultCode), let found = finding() { throw damaged(attempt, path, found) }
            throw HistoryError(error, attempt: attempt, path: path)
        }
    }

    /// What to do about a damaged file. Its log would be mixed into the backup.
    static let restore = "keep a copy of it, remove the -wal and -shm files beside it, and restore a backup"

    private static func damaged(_ attempt: String, _ path: String, _ found: String) -> HistoryError {
        HistoryError(
            .damaged,
            "cannot \(attempt) \(path): \(found); the file was damaged, or somebody changed it: \(restore)"
        )
    }

    /// A sum that overflows also ends with `SQLITE_ERROR`, and a value missing from an index with `SQLITE_CORRUPT`.
    private static func mayComeOfContents(_ code: ResultCode) -> Bool {
        [.SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_CORRUPT].contains(code)
    }
}
