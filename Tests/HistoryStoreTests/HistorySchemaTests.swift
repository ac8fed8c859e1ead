import GuestCustomization
import Migrations
import Testing

@testable import HistoryStore

@Suite struct HistorySchemaTests {
    private static func schema(_ scripts: String...) throws -> HistorySchema {
        try HistorySchema(
            madeBy: scripts.enumerated().map {
                SchemaMigration(number: $0.offset + 1, name: "test", script: Array($0.element.utf8))
            })
    }

    @Test func `every table, view and column of the migrations is documented`() throws {
        let objects = try HistorySchema.current().objects
        #expect(objects.count > 20)
        for object in objects {
            #expect(object.description != nil, "\(object.name): write a comment above it")
            for column in object.columns {
                #expect(column.description != nil, "\(object.name).\(column.name): write a comment beside it")
                #expect(
                    object.kind != .publicView || column.type != nil,
                    "\(object.name).\(column.name): give it a type, by CAST")
            }
        }
    }

    @Test func `a comment belongs to the definition that ends on its line`() throws {
        let schema = try Self.schema(
            """
            -- The file's own comment.

            -- One row for each thing. More about it,
            -- which is not shown.
            CREATE TABLE thing (
                id INTEGER PRIMARY KEY,    -- number, or "row"
                bare TEXT,
                checked TEXT NOT NULL    -- first line
                    CHECK (checked IN ('a,', '--')),
                "quoted name" REAL DEFAULT (1 + 2),    -- with a space
                last ANY    -- the last one
                , CHECK (id > 0)
            ) STRICT;
            CREATE INDEX by_name ON thing (bare); -- no table's

            CREATE TABLE undocumented (x INTEGER) STRICT;
            """,
            """
            ALTER TABLE thing ADD COLUMN later INTEGER;    -- came later
            -- Public: each thing.
            CREATE VIEW seen AS
            WITH t AS (SELECT id, bare FROM thing)    -- not this one
            SELECT
                t.id AS number,    -- its number
                CAST(ifnull(t.bare, (SELECT max(x) FROM undocumented)) AS TEXT) AS bare, CAST(1 AS REAL) + 1 AS sum,
                CAST(t.id + 1 AS INTEGER)
                    AS next    -- the one after
            FROM t;    -- not this one either
            """)
        #expect(schema.objects.map(\.name) == ["seen", "thing", "undocumented"])
        #expect(schema.objects.map(\.kind) == [.publicView, .table, .table])
        #expect(schema.objects.map(\.description) == ["Each thing", "One row for each thing", nil])
        #expect(
            schema.objects[0].columns.map { "\($0.name): \($0.type ?? "-"), \($0.description ?? "-")" } == [
                "number: INTEGER, its number", "bare: TEXT, -", "sum: -, -", "next: INTEGER, the one after",
            ])
        #expect(
            schema.objects[1].columns.map { "\($0.name): \($0.description ?? "-")" } == [
                "id: number, or \"row\"", "bare: -", "checked: first line", "quoted name: with a space",
                "last: the last one", "later: came later",
            ])
        #expect(schema.objects[2].columns.map(\.description) == [nil])
    }

    @Test func `a view that a later migration makes anew has its new comments`() throws {
        let schema = try Self.schema(
            "-- Old.\nCREATE VIEW v AS SELECT 1 AS a; -- old",
            "DROP VIEW v;\n-- Public: new.\nCREATE VIEW v AS SELECT 1 AS a,    -- new a\n2 AS b    -- new b\n;")
        #expect(schema.objects.map(\.description) == ["New"])
        #expect(schema.objects[0].columns.map(\.description) == ["new a", "new b"])
    }
}
