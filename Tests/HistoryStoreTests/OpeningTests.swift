import Foundation
import GRDB
import GuestCustomization
import Testing

@testable import HistoryStore
@testable import Migrations

struct OpeningTests {
    private func code(_ body: () throws -> Void) -> HistoryDatabaseError.Code? {
        do {
            try body()
            return nil
        } catch let error as HistoryDatabaseError {
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
            path, access: access, toolVersion: "1", createDirectory: createDirectory, at: .epoch(0),
            migrations: migrations
        ).close()
    }

    @Test("A new history is a WAL database of ours, closed to others")
    func new() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("history.db")
        try open(path)
        #expect(try DatabaseFileHeader(ofFile: path) == .database(applicationID: 0x4743_4869, isWAL: true))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode.map { $0 & 0o027 } == 0)
        try open(path, .readOnly)
    }

    @Test("An empty file is ours to fill")
    func empty() throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("history.db")
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        #expect(code { try open(file, .readOnly) } == .missing)
        try open(file)
        try open(file, .readOnly)
    }

    @Test("A file whose making was cut short is made anew, with the journal that tells so")
    func halfMade() throws {
        let directory = try TemporaryDirectory()
        let (whole, path) = (directory.file("whole.db"), directory.file("history.db"))
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

    @Test("A missing directory is made for the default place only")
    func directory() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a/b/history.db")
        #expect(code { try open(path) } == .cannotCreate)
        #expect(try directory.contents.isEmpty)
        try open(path, createDirectory: true)
        let mode = try FileManager.default.attributesOfItem(atPath: directory.file("a/b"))[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    @Test("Reading makes no file")
    func readingMakesNothing() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("history.db")
        #expect(code { try open(path, .readOnly) } == .missing)
        #expect(code { try open(path, .readWrite(create: false)) } == .missing)
        #expect(try directory.contents.isEmpty)

        try open(path)
        for log in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: path + log) }
        let copy = try HistoryDatabase.open(path, access: .readOnly, toolVersion: "1", at: .epoch(0))
        _ = try TallyLines.of(copy, since: .epoch(0))
        #expect(try directory.contents == ["history.db"])

        // A collector that begins meanwhile may change what is being read.
        try open(path)
        #expect(code { _ = try TallyLines.of(copy, since: .epoch(0)) } == .busy)
        try copy.close()
    }

    @Test(
        "What is not ours is refused and stays as it was", arguments: ["text", "garbage", "cut", "foreign", "unnamed"])
    func notOurs(kind: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("history.db")
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
        let expected: HistoryDatabaseError.Code =
            ["foreign", "unnamed"].contains(kind) ? .foreignDatabase : .notADatabase
        for access in [HistoryDatabase.Access.readOnly, .readWrite(create: true)] {
            #expect(code { try open(path, access) } == expected)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try directory.contents == files)
    }

    @Test("A migration is applied once, and its script may not change after")
    func migrations() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("history.db")
        let second = SchemaMigration(number: 2, name: "more", script: Array("CREATE TABLE more (x) STRICT".utf8))
        let valid = SchemaMigration(number: 2, name: "more", script: Array("CREATE TABLE more (x ANY) STRICT".utf8))
        try open(path)
        #expect(code { try open(path, .readOnly, migrations: SchemaMigration.all + [valid]) } == .olderSchema)
        #expect(code { try open(path, migrations: SchemaMigration.all + [second]) } == .internal)
        try open(path, .readOnly)
        try open(path, migrations: SchemaMigration.all + [valid])
        try open(path, migrations: SchemaMigration.all + [valid])
        for access in [HistoryDatabase.Access.readOnly, .readWrite(create: true)] {
            #expect(code { try open(path, access) } == .newerSchema)
            #expect(code { try open(path, access, migrations: SchemaMigration.all + [second]) } == .editedMigration)
        }
    }

    @Test("The list of migrations is the folder's")
    func listIsFolder() throws {
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
