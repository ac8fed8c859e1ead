import Foundation
import GuestCustomization
import HistoryStore
import TestSupport
import Testing

@Suite struct SchemaTests {
    private func schema(_ format: String) async throws -> String {
        let run = try await BuiltExecutable.history.run("schema", "--format", format, in: nil)
        #expect(run.termination == .exited(0) && run.standardError.isEmpty)
        return run.standardOutput
    }

    @Test func `docs_schema is the output of the command`() async throws {
        let output = try await schema("markdown")
        let page = try Repository.read("docs/schema.md")
        #expect(output == page, "renew it: .build/debug/history schema --format markdown > docs/schema.md")
    }

    @Test func `the JSON form names every table and view of a history, public views first`() async throws {
        try await PolledVCenter.with(vms: 1) { polled in
            try await polled.collect()
            let text = try await schema("json")
            let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(document["format"] as? String == "customization-history/schema/1")
            let objects = try #require(document["objects"] as? [[String: Any]])
            let names = objects.compactMap { $0["name"] as? String }
            let existing = try polled.sql(
                "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' ORDER BY name"
            )
            #expect(names.sorted() == existing)
            for object in objects {
                let name = try #require(object["name"] as? String)
                let columns = try #require(object["columns"] as? [[String: Any]]).map { $0["name"] as? String }
                let existing = try polled.sql("SELECT name FROM pragma_table_info('\(name)') ORDER BY cid")
                #expect(columns == existing)
            }
            let isPublic = objects.map { $0["is_public"] as? Bool == true }
            let publicViews = isPublic.count { $0 }
            #expect(publicViews > 0 && isPublic.firstIndex(of: false) == publicViews)
        }
    }

    @Test func `the text form fits 100 columns and shows a column with its type and meaning`() async throws {
        let text = try await schema("text")
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
        #expect(text.contains("\n  run_id         INTEGER  number of the collection run\n"))
        #expect(text.contains("\npoll_block (table): "))
    }

    @Test func `sqlite3, Python, DuckDB and Datasette read every public view with the right types`() async throws {
        try await TemporaryDirectory.with { directory in
            let demo = try await BuiltExecutable.history.run(
                "demo", "--vms", "30", "--days", "3", "--database", "history.db", in: directory,
                timeLimit: .seconds(300))
            #expect(demo.termination == .exited(0), "\(demo.standardError)")
            let prune = try await BuiltExecutable.history.run(
                "prune", "--before", "2d", "--yes", "--database", "history.db", in: directory, timeLimit: .seconds(300))
            #expect(prune.termination == .exited(0), "\(prune.standardError)")
            let views = try HistorySchema.current().objects.filter { $0.kind == .publicView }
            let order = try Self.order(directory, views, duckDB: try await schema("duckdb"))
            let output = try await PeerProgram(name: "read_views").run(on: order, in: directory)
            try Self.check(output, views)
        }
    }

    private static func order(
        _ directory: TemporaryDirectory, _ views: [HistorySchema.Object], duckDB: String
    ) throws -> Data {
        try JSONSerialization.data(withJSONObject: [
            "database": directory.path("history.db"), "sqlite3": "/usr/bin/sqlite3", "views": views.map(\.name),
            "duckdb": duckDB,
        ])
    }

    private static func check(_ output: Data, _ views: [HistorySchema.Object]) throws {
        typealias Types = [String: [String]]
        let found = try #require(
            try JSONSerialization.jsonObject(with: output) as? [String: [String: Types]])
        #expect(found.keys.sorted() == ["Datasette", "DuckDB", "Python", "sqlite3"])
        for (reader, read) in found {
            for view in views {
                let types = try #require(read[view.name])
                #expect(types.keys.sorted() == view.columns.map(\.name).sorted(), "\(reader), \(view.name)")
                for column in view.columns {
                    let type = try #require(column.type, "\(view.name).\(column.name)")
                    let values = types[column.name, default: []].filter { $0 != "NULL" }
                    // The demo's bodies are all text; a column may be NULL throughout, but not a number.
                    let isRight = values == [type == "ANY" ? "TEXT" : type] || values.isEmpty && type == "TEXT"
                    #expect(isRight, "\(reader), \(view.name).\(column.name): \(values), not \(type)")
                }
            }
        }
    }
}
