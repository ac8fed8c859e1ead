import GRDB
import GuestCustomization

/// Why a history cannot be opened, read or written.
package struct HistoryDatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing went wrong; open, so that a new kind breaks no `switch`.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// There is no such file.
        package static let missing = Code(rawValue: "missing")
        /// The file or its directory cannot be made.
        package static let cannotCreate = Code(rawValue: "cannotCreate")
        /// The file is there and cannot be opened or read.
        package static let cannotRead = Code(rawValue: "cannotRead")
        /// The file cannot be written: permissions, a read-only file system, a device error.
        package static let cannotWrite = Code(rawValue: "cannotWrite")
        /// The disk, or a limit on the file's size, is full.
        package static let full = Code(rawValue: "full")
        /// Another process holds the database for longer than the busy time-out.
        package static let busy = Code(rawValue: "busy")
        /// SQLite got no memory from the system.
        package static let noMemory = Code(rawValue: "noMemory")
        /// The file is not a SQLite database.
        package static let notADatabase = Code(rawValue: "notADatabase")
        /// The file is a SQLite database of another program.
        package static let foreignDatabase = Code(rawValue: "foreignDatabase")
        /// A newer version of this program wrote the database.
        package static let newerSchema = Code(rawValue: "newerSchema")
        /// The schema is older than the program, and the database was opened for reading only.
        package static let olderSchema = Code(rawValue: "olderSchema")
        /// A migration that was applied differs from the one that the program has.
        package static let editedMigration = Code(rawValue: "editedMigration")
        /// The file is damaged, or its contents contradict themselves.
        package static let damaged = Code(rawValue: "damaged")
        /// The run that polls are to be appended to has ended, or there never was one.
        package static let runEnded = Code(rawValue: "runEnded")
        /// What answers under a vCenter's name is another vCenter than the one recorded under it.
        package static let otherVCenter = Code(rawValue: "otherVCenter")
        /// There is no vCenter of this name in the history, or there is one already.
        package static let vCenterName = Code(rawValue: "vCenterName")
        /// A collector holds the vCenter.
        package static let vCenterHeld = Code(rawValue: "vCenterHeld")
        /// A fault of this program.
        package static let `internal` = Code(rawValue: "internal")
    }

    package var code: Code
    /// One line: what was tried, on which file, what happened, what to do now.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

extension HistoryDatabaseError: PassingFault {
    package var mayPass: Bool { code == .busy || code == .full }
}

extension HistoryDatabaseError {
    /// SQLite's error in this project's terms; `attempt` reads on "cannot": `append polls to`.
    init(_ error: DatabaseError, attempt: String, path: String) {
        let cause =
            "SQLite says: \((error.message ?? "no more").shownFromFile), code \(error.extendedResultCode.rawValue)"
        let (code, remedy): (Code, String) =
            switch error.resultCode {
            case .SQLITE_FULL: (.full, "the disk is full; make room and run it again")
            case .SQLITE_NOMEM:
                (.noMemory, "the system refuses the memory; raise the limits on it (ulimit -v, ulimit -d)")
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
                (.busy, "another process holds the database; wait until it is done and run it again")
            case .SQLITE_NOTADB: (.notADatabase, "it is not a SQLite database; name another file with --database")
            case .SQLITE_CORRUPT:
                (.damaged, "the file is damaged; \(Self.restore)")
            case .SQLITE_ERROR where error.message == "unsupported file format":
                (.damaged, "the file is damaged, or of a later SQLite; \(Self.restore)")
            case .SQLITE_ERROR where error.message == "integer overflow":
                (.damaged, "counts in it add up to more than can be counted; \(Self.restore)")
            case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
                (.damaged, "what it holds contradicts itself; \(Self.restore)")
            case .SQLITE_READONLY where Self.needsWriter(error.extendedResultCode):
                (
                    .cannotRead,
                    "a process that wrote it was killed, and only one that writes can mend it; run `\(ProgramName.called) collect` once"
                )
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
                (.cannotWrite, "it cannot be written; check the permissions of the file and of its directory")
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

    /// Runs `body` and turns what SQLite, or the reading of what it has stored, throws in it into this error.
    ///
    /// - Parameter finding: What is wrong in the file, looked for where what is stored may be the cause.
    static func mapped<Result>(
        _ attempt: String, _ path: String, finding: () -> String? = { nil }, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let fault as StoredValueFault {
            throw damaged(attempt, path, finding() ?? "a value that was read \(fault.complaint)")
        } catch let error as DatabaseError {
            if mayComeOfContents(error.resultCode), let found = finding() { throw damaged(attempt, path, found) }
            throw HistoryDatabaseError(error, attempt: attempt, path: path)
        }
    }

    /// What to do about a damaged file. A log of its own would be mixed into the backup.
    static let restore = "keep a copy of it, remove the -wal and -shm beside it, and restore a backup"

    private static func damaged(_ attempt: String, _ path: String, _ found: String) -> HistoryDatabaseError {
        HistoryDatabaseError(
            .damaged,
            "cannot \(attempt) \(path): \(found); the file was damaged, or changed by somebody: \(restore)"
        )
    }

    /// `SQLITE_ERROR` is also what a sum that overflows ends with, and `SQLITE_CORRUPT` an index that a value is not in.
    private static func mayComeOfContents(_ code: ResultCode) -> Bool {
        [.SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_CORRUPT].contains(code)
    }
}
