import Foundation
import GRDB
import GuestCustomization
import TestSupport
import Testing

@testable import HistoryStore
@testable import Migrations

@Suite struct OpeningTests {
    private let files = FileManager.default

    private func code(_ body: () throws -> Void) -> HistoryError.Code? {
        do {
            try body()
            return nil
        } catch let error as HistoryError {
            #expect(!error.message.contains("\n"), "one line")
            return error.code
        } catch {
            Issue.record("an error of another type: \(error)")
            return nil
        }
    }

    private func open(
        _ path: String, _ access: HistoryDatabase.Access = .readWrite(create: true), createDirectory: Bool = false,
        migrations: [SchemaMigration] = SchemaMigration.all
    ) throws {
        try HistoryDatabase.open(
            path, access: access, toolVersion: "1", createDirectory: createDirectory,
            waiting: .init(clock: .system), at: .epoch(0), migrations: migrations
        ).close()
    }

    @Test func `a new history is a WAL database that others cannot read`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let path = directory.path("history.db")
        try open(path)
        #expect(try DatabaseFileHeader(ofFile: path) == .database(applicationID: 0x4743_4869, isWAL: true))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode.map { $0 & 0o027 } == 0)
        try open(path, .readOnly)
    }

    @Test func `an empty file becomes a history`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let file = directory.path("history.db")
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        #expect(code { try open(file, .readOnly) } == .missing)
        try open(file)
        try open(file, .readOnly)
    }

    @Test func `a file whose creation was interrupted is created again if its journal shows that`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let (whole, path) = (directory.path("whole.db"), directory.path("history.db"))
        // The process is killed when it has written the pages and not yet deleted the journal. Of a new file the journal has a header
        // only, which is valid once its magic number is there: that is written with the pages.
        let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7, 0, 0, 0, 0]
        var journal = Data()
        let queue = try DatabaseQueue(path: whole)
        try queue.inDatabase { db in
            try db.inTransaction {
                try db.execute(sql: "PRAGMA application_id = \(DatabaseFileHeader.ourApplicationID)")
                try db.execute(sql: String(decoding: SchemaMigration.all[0].script, as: UTF8.self))
                journal = try Data(contentsOf: URL(fileURLWithPath: whole + "-journal"))
                return .commit
            }
        }
        try queue.close()
        try FileManager.default.moveItem(atPath: whole, toPath: path)
        try (Data(magic) + journal.dropFirst(magic.count)).write(to: URL(fileURLWithPath: path + "-journal"))

        #expect(code { try open(path, .readOnly) } == .cannotRead)
        try open(path)
        try open(path, .readOnly)
        #expect(try directory.contents == ["history.db", "history.db-shm", "history.db-wal"])
    }

    @Test func `a missing directory is created for the default location only`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let path = directory.path("a/b/history.db")
        #expect(code { try open(path) } == .cannotCreate)
        #expect(try directory.contents.isEmpty)
        try open(path, createDirectory: true)
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path("a/b"))[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    @Test func `reading creates no file`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let path = directory.path("history.db")
        #expect(code { try open(path, .readOnly) } == .missing)
        #expect(code { try open(path, .readWrite(create: false)) } == .missing)
        #expect(try directory.contents.isEmpty)

        try open(path)
        for log in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: path + log) }
        let copy = try HistoryDatabase.open(
            path, access: .readOnly, toolVersion: "1", waiting: .init(clock: .system), at: .epoch(0))
        _ = try TallyLines.of(copy, since: .epoch(0))
        #expect(try directory.contents == ["history.db"])

        // A collector that begins meanwhile may change what is being read.
        try open(path)
        #expect(code { _ = try TallyLines.of(copy, since: .epoch(0)) } == .busy)
        try copy.close()
    }

    @Test(arguments: ["history.db", "file:x.db", "a b?c#d%20.db"])
    func `a history is the same by whatever path it is reached`(name: String) throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let files = FileManager.default
        try files.createDirectory(atPath: directory.path("real"), withIntermediateDirectories: false)
        try files.createDirectory(atPath: directory.path("other"), withIntermediateDirectories: false)
        let path = directory.path("real/" + name)
        try open(path)
        try files.createSymbolicLink(atPath: directory.path("link.db"), withDestinationPath: "real/" + name)
        try files.createSymbolicLink(atPath: directory.path("again.db"), withDestinationPath: directory.path("link.db"))
        try files.createSymbolicLink(atPath: directory.path("folder"), withDestinationPath: "real")
        let spellings = [
            directory.path("link.db"), directory.path("again.db"), directory.path("folder/" + name),
            directory.path("other/../real/./" + name), directory.path + "//real//" + name,
            // Not the folder that the link stands in.
            directory.path("folder/../real/" + name),
        ]
        for spelling in spellings {
            for access in [HistoryDatabase.Access.readOnly, .readWrite(create: true)] {
                let history = try HistoryDatabase.open(
                    spelling, access: access, toolVersion: "1", waiting: .init(clock: .system), at: .epoch(0))
                #expect(history.path == path)
                try history.close()
            }
            let claim = try CollectionClaim.take(byte: 1, inFileBeside: RealPath(spelling).path)
            #expect(claim != nil)
        }
        let beside = ["", "-lock", "-shm", "-wal"].map { name + $0 }
        #expect(try files.contentsOfDirectory(atPath: directory.path("real")).sorted() == beside)
        #expect(try directory.contents == ["again.db", "folder", "link.db", "other", "real"])
    }

    @Test func `a dangling link is not used to create a file`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let files = FileManager.default
        for (link, target) in [("gone.db", "not/mounted/history.db"), ("new.db", "new"), ("loop.db", "loop.db")] {
            try files.createSymbolicLink(atPath: directory.path(link), withDestinationPath: target)
            #expect(code { try open(directory.path(link)) } == .cannotCreate)
            #expect(code { try open(directory.path(link), .readOnly) } == .missing)
        }
        #expect(try directory.contents == ["gone.db", "loop.db", "new.db"])
    }

    @Test(.enabled(if: geteuid() == 0))
    func `the files beside a history have its owner, group and mode, whoever created them`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let path = directory.path("history.db")
        try open(path)
        #expect(try CollectionClaim.take(byte: 1, inFileBeside: path) != nil)
        // As an administrator gives it to a service and lets a group read.
        #expect(chown(path, 1234, 5678) == 0 && chmod(path, 0o660) == 0)
        let elsewhere = directory.path("shadow")
        #expect(files.createFile(atPath: elsewhere, contents: nil) && chmod(elsewhere, 0o600) == 0)
        #expect(link(elsewhere, path + "-journal") == 0)
        try open(path)
        #expect(try CollectionClaim.take(byte: 2, inFileBeside: path) != nil)
        for suffix in ["", "-wal", "-shm", "-lock"] {
            let attributes = try files.attributesOfItem(atPath: path + suffix)
            #expect(attributes[.ownerAccountID] as? Int == 1234, "\(suffix)")
            #expect(attributes[.groupOwnerAccountID] as? Int == 5678, "\(suffix)")
            #expect(attributes[.posixPermissions] as? Int == 0o660, "\(suffix)")
        }
        // What a hard link gives another name to is not theirs.
        #expect(try files.attributesOfItem(atPath: elsewhere)[.ownerAccountID] as? Int == 0)
    }

    @Test func `a lock file that is a link is refused for root`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let path = directory.path("history.db")
        try open(path)
        try files.createSymbolicLink(atPath: path + "-lock", withDestinationPath: "elsewhere")
        #expect(code { _ = try CollectionClaim.take(byte: 1, inFileBeside: path) } == .cannotWrite)
        #expect(try !directory.contents.contains("elsewhere"))
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a new history belongs to the owner of its directory, even if root creates it`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        #expect(chown(directory.path, 1234, 5678) == 0)
        try open(directory.path("history.db"))
        for name in try directory.contents {
            let attributes = try files.attributesOfItem(atPath: directory.path(name))
            #expect(attributes[.ownerAccountID] as? Int == 1234 && attributes[.groupOwnerAccountID] as? Int == 5678)
        }
        #expect(try directory.contents.count == 3)
    }

    @Test(arguments: ["text", "garbage", "cut", "foreign", "unnamed"])
    func `a file that is not a history is refused and not changed`(kind: String) throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let path = directory.path("history.db")
        switch kind {
        case "text": try Data("no database".utf8).write(to: URL(fileURLWithPath: path))
        case "garbage": try Data((0..<5000).map { UInt8($0 % 251) }).write(to: URL(fileURLWithPath: path))
        case "cut":
            try open(path)
            try Data(contentsOf: URL(fileURLWithPath: path)).prefix(60).write(to: URL(fileURLWithPath: path))
        default:
            let queue = try DatabaseQueue(path: path)
            try queue.write { db in
                if kind == "foreign" { try db.execute(sql: "PRAGMA application_id = 42") }
                try db.execute(sql: "CREATE TABLE theirs (x)")
            }
            try queue.close()
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let files = try directory.contents
        let expected: HistoryError.Code =
            ["foreign", "unnamed"].contains(kind) ? .foreignDatabase : .notADatabase
        for access in [HistoryDatabase.Access.readOnly, .readWrite(create: true)] {
            #expect(code { try open(path, access) } == expected)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try directory.contents == files)
    }

    @Test func `a pipe, a socket, a directory or a link in place of the file or one beside it is refused at once`()
        throws
    {
        for suffix in ["", "-wal", "-shm", "-journal", "-lock"] {
            for kind in ["pipe", "socket", "directory", "link", "device"] {
                let directory = try TemporaryDirectory(inMemory: true)
                let path = directory.path("history.db")
                let place = path + suffix
                if !suffix.isEmpty {
                    try open(path)
                    try? files.removeItem(atPath: place)
                }
                switch kind {
                case "pipe": #expect(mkfifo(place, 0o600) == 0)
                case "socket": #expect(mknod(place, S_IFSOCK | 0o600, 0) == 0)
                case "directory": try files.createDirectory(atPath: place, withIntermediateDirectories: false)
                case "device" where suffix.isEmpty:
                    try files.createSymbolicLink(atPath: place, withDestinationPath: "/dev/zero")
                default: try files.createSymbolicLink(atPath: place, withDestinationPath: "/dev/null")
                }
                for access in [HistoryDatabase.Access.readOnly, .readWrite(create: true)] {
                    #expect(code { try open(path, access) } == .cannotRead, "\(kind) \(suffix)")
                }
            }
        }
    }

    @Test func `a migration is applied once, and its script may not change after`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let path = directory.path("history.db")
        let next = SchemaMigration.all.count + 1
        let faulty = SchemaMigration(number: next, name: "more", script: Array("CREATE TABLE more (x) STRICT".utf8))
        let valid = SchemaMigration(number: next, name: "more", script: Array("CREATE TABLE more (x ANY) STRICT".utf8))
        try open(path)
        #expect(code { try open(path, .readOnly, migrations: SchemaMigration.all + [valid]) } == .olderSchema)
        #expect(code { try open(path, migrations: SchemaMigration.all + [faulty]) } == .internal)
        try open(path, .readOnly)
        try open(path, migrations: SchemaMigration.all + [valid])
        try open(path, migrations: SchemaMigration.all + [valid])
        for access in [HistoryDatabase.Access.readOnly, .readWrite(create: true)] {
            #expect(code { try open(path, access) } == .newerSchema)
            #expect(code { try open(path, access, migrations: SchemaMigration.all + [faulty]) } == .editedMigration)
        }
    }

    @Test func `the list of migrations is the folder's`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../migrations")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
            .sorted()
        let listed = SchemaMigration.all.map {
            String(repeating: "0", count: 4 - String($0.number).count) + "\($0.number)_\($0.name).sql"
        }
        #expect(listed == files)
        #expect(SchemaMigration.all.map(\.number) == Array(1...files.count))
        for (file, migration) in zip(files, SchemaMigration.all) {
            #expect(try Data(contentsOf: folder.appendingPathComponent(file)) == Data(migration.script))
        }
    }
}
