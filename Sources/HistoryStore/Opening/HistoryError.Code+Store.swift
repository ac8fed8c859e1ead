import GuestCustomization

/// Why a history cannot be opened, read or written.
extension HistoryError.Code {
    /// There is no such file.
    package static let missing = Self(rawValue: "missing")
    /// The file or its directory cannot be created.
    package static let cannotCreate = Self(rawValue: "cannotCreate")
    /// The file exists but cannot be opened or read.
    package static let cannotRead = Self(rawValue: "cannotRead")
    /// The file cannot be written to: permissions, a read-only file system, a device error.
    package static let cannotWrite = Self(rawValue: "cannotWrite")
    /// The disk is full, or the file has reached a size limit.
    package static let full = Self(rawValue: "full")
    /// Another process has held the database for longer than the busy time-out.
    package static let busy = Self(rawValue: "busy")
    /// SQLite got no memory from the system.
    package static let noMemory = Self(rawValue: "noMemory")
    /// The file is not a SQLite database.
    package static let notADatabase = Self(rawValue: "notADatabase")
    /// The file is another program's SQLite database.
    package static let foreignDatabase = Self(rawValue: "foreignDatabase")
    /// A newer version of this program wrote the database.
    package static let newerSchema = Self(rawValue: "newerSchema")
    /// The schema is older than the program, and the database was opened for reading only.
    package static let olderSchema = Self(rawValue: "olderSchema")
    /// An applied migration differs from the program's.
    package static let editedMigration = Self(rawValue: "editedMigration")
    /// The file is damaged, or its contents are inconsistent.
    package static let damaged = Self(rawValue: "damaged")
    /// The run to which polls were to be appended has ended or never existed.
    package static let runEnded = Self(rawValue: "runEnded")
    /// A different vCenter answers than the one recorded under this name.
    package static let otherVCenter = Self(rawValue: "otherVCenter")
    /// The history has no vCenter of this name, or already has one.
    package static let vCenterName = Self(rawValue: "vCenterName")
    /// A collector holds the vCenter.
    package static let vCenterHeld = Self(rawValue: "vCenterHeld")
    /// Another process is telling what is new on the channel.
    package static let channelHeld = Self(rawValue: "channelHeld")
    /// Another process is pruning.
    package static let pruneHeld = Self(rawValue: "pruneHeld")
    /// A query took longer than it may.
    package static let queryTimedOut = Self(rawValue: "queryTimedOut")
    /// A fault of this program.
    package static let `internal` = Self(rawValue: "internal")
}
