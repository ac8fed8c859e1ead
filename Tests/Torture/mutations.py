"""Ways to damage a history, and objects that are not its own."""

import enum
import os
import pathlib
import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass


class Outcome(enum.Enum):
    """What every command must make of the file."""

    ANY_TRUE = "any of the contract, if true"
    REFUSED = "exit code 65"
    HARMLESS = "as if nothing were"
    NO_FILE = "any refusal of the contract"


@dataclass(frozen=True)
class Mutation:
    what: str
    outcome: Outcome = Outcome.ANY_TRUE


Mutate = Callable[[pathlib.Path, random.Random], Mutation]

ODD_VALUES = [
    None, 0, -1, 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63 - 2, -2**63, 1e300, -1e300, float("inf"), 0.5, "", "x", "x" * 100_000, "\x1b[31m\u202e\x9b", "\x00", "a\x00b",
    "=cmd|' /C calc'!A0", b"\xff\xfe\x00", b"", b"\xed\xa0\x80", "9999999999999999999", "2026-11-27", 253402300799999, 253402300800000, -62135596800001, "failed",
    "succeeded", "running", "complete", "reported", 10**15,
]
SQL_VALUES = ["CAST(x'80ff' AS TEXT)", "CAST(x'00' AS TEXT)", "zeroblob(32)", "randomblob(32)", "9e999", "-9e999"]
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def random_bytes(database: pathlib.Path, source: random.Random) -> Mutation:
    size = database.stat().st_size
    places = [source.randrange(min(size, source.choice([100, 4096, size, size]))) for _ in range(source.choice([1, 1, 3, 20, 200]))]
    with database.open("r+b") as file:
        for place in places:
            file.seek(place)
            file.write(source.randbytes(1))
    return Mutation(f"{len(places)} bytes changed, the first at {places[0]}")


def pages(database: pathlib.Path, source: random.Random) -> Mutation:
    """A page that is zeroed, or holds what another holds."""
    data = bytearray(database.read_bytes())
    count = len(data) // 4096
    target, origin = source.randrange(count), source.randrange(count)
    is_zero = source.random() < 0.3
    data[target * 4096:(target + 1) * 4096] = bytes(4096) if is_zero else data[origin * 4096:(origin + 1) * 4096]
    database.write_bytes(data)
    return Mutation(f"page {target + 1} " + ("zeroed" if is_zero else f"like page {origin + 1}"))


def length(database: pathlib.Path, source: random.Random) -> Mutation:
    size = database.stat().st_size
    new = source.choice([0, 1, 99, 100, 512, 4096, source.randrange(size), size - 4096, size + 1, size + 4096])
    os.truncate(database, new)
    return Mutation(f"{new} bytes long in place of {size}")


def value(database: pathlib.Path, source: random.Random) -> Mutation:
    """A value that the schema would have kept out, put there while its table is declared without types and constraints."""
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        table = source.choice([name for (name,) in db.execute(TABLES)])
        column = source.choice([row[1] for row in db.execute(f"PRAGMA table_info({table})")])
        sql = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
        triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        declare(db, table, re.sub(r" NOT NULL|\bSTRICT, (?=WITHOUT)", "", re.sub(r"\) STRICT\s*$", ")", sql)))
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        keys = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5]] or ["rowid"]
        some = source.choice(["TRUE", "TRUE", f"{keys[0]} % 7 = 3", f"({', '.join(keys)}) = (SELECT {', '.join(keys)} FROM {table} ORDER BY random() LIMIT 1)"])
        expression, values = (source.choice(SQL_VALUES), ()) if source.random() < 0.2 else ("?", (source.choice(ODD_VALUES),))
        changed = 0
        try:
            changed = db.execute(f"UPDATE OR IGNORE {table} SET {column} = {expression} WHERE {some}", values).rowcount
        except (sqlite3.Error, OverflowError):
            pass  # a row number takes no such value; the file is then sound
        declare(db, table, sql)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        for _, text in triggers:
            db.execute(text)
    return Mutation(f"{table}.{column} = {str(values[0])[:40]!a}" if values else f"{table}.{column} = {expression}",
                    Outcome.ANY_TRUE if changed else Outcome.HARMLESS)


def declare(db: sqlite3.Connection, table: str, sql: str) -> None:
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ? AND type = 'table'", (sql, table))
    db.execute("PRAGMA writable_schema = OFF")


def rows_gone(database: pathlib.Path, source: random.Random) -> Mutation:
    """References that lead nowhere."""
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        table = source.choice([name for (name,) in db.execute(TABLES)])
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(f"DELETE FROM {table} WHERE random() % 3 = 0")
    return Mutation(f"rows of {table} deleted, and the triggers dropped", Outcome.ANY_TRUE)


def own_object(database: pathlib.Path, source: random.Random) -> Mutation:
    """An object of the program's own that is gone, or that another stands in for."""
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        kind, name = source.choice(db.execute(
            "SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND type <> 'table' ORDER BY name").fetchall())
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({name})")] if kind == "view" else []
        db.execute(f"DROP {kind} {name}")
        if kind == "view" and source.random() < 0.7:
            db.execute(f"CREATE VIEW {name} AS SELECT " + ", ".join(f"1 AS {column}" for column in columns))
            return Mutation(f"view {name} replaced", Outcome.REFUSED)
    return Mutation(f"{kind} {name} dropped", Outcome.REFUSED)


REFUSED_OBJECTS = [
    "CREATE TRIGGER t BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END", "CREATE TRIGGER t AFTER UPDATE ON {table} BEGIN DELETE FROM {table}; END",
    "CREATE TRIGGER t AFTER INSERT ON customization BEGIN UPDATE customization SET outcome = 'succeeded'; END", "CREATE UNIQUE INDEX u ON {table} (1)",
    "CREATE UNIQUE INDEX u ON {table} (typeof(rowid))", "ALTER TABLE {table} ADD COLUMN more TEXT",
    "ALTER TABLE {table} ADD COLUMN more AS (abs(-9223372036854775807 - 1))", "ALTER TABLE {table} RENAME TO {table}_2",
    "CREATE TABLE other (x); CREATE TRIGGER [{table}'; --\x1b] AFTER DELETE ON {table} BEGIN SELECT 1; END",
]
HARMLESS_OBJECTS = [
    "CREATE VIEW mine AS SELECT * FROM poll_history", "CREATE TABLE notes (text)", "CREATE INDEX plain ON customization (outcome)", "CREATE TABLE notes (x); CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END",
    "CREATE TABLE notes (x UNIQUE)", "CREATE VIEW broken AS SELECT no_such_column FROM no_such_table", "ANALYZE", "VACUUM",
    "CREATE VIEW mine AS SELECT * FROM {table}", "PRAGMA journal_mode = DELETE", "PRAGMA auto_vacuum = FULL; VACUUM", "PRAGMA page_size = 8192; VACUUM",
]


def foreign_object(database: pathlib.Path, source: random.Random) -> Mutation:
    outcome = source.choice([Outcome.REFUSED, Outcome.HARMLESS])
    table = source.choice(["customization", "collection_run", "answer", "virtual_machine", "vcenter"])
    statement = source.choice(REFUSED_OBJECTS if outcome is Outcome.REFUSED else HARMLESS_OBJECTS).replace("{table}", table)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        try:
            db.executescript(statement)
        except sqlite3.Error:
            return Mutation(f"not made: {statement}", Outcome.HARMLESS)
    return Mutation(statement, outcome)


def other_file(database: pathlib.Path, source: random.Random) -> Mutation:
    kind = source.choice(["FIFO", "folder", "another database", "text", "random", "nothing", "link to itself", "another version"])
    if kind == "another version":
        with closing(sqlite3.connect(database, isolation_level=None)) as db:
            db.execute(f"PRAGMA user_version = {source.choice([0, 1, 3, 99, -1, 2**31 - 1])}")
        return Mutation(kind, Outcome.REFUSED)
    database.unlink()
    match kind:
        case "FIFO":
            os.mkfifo(database)
        case "folder":
            database.mkdir()
        case "another database":
            with closing(sqlite3.connect(database)) as db:
                db.executescript("CREATE TABLE poll (x); CREATE VIEW poll_history AS SELECT 1; INSERT INTO poll VALUES (1)")
        case "text":
            database.write_text("SQLite format 3\n" * 500)
        case "random":
            database.write_bytes(source.randbytes(50_000))
        case "link to itself":
            database.symlink_to(database)
        case "nothing":
            return Mutation("no file", Outcome.NO_FILE)
    return Mutation(kind, Outcome.NO_FILE)


MUTATIONS: list[tuple[int, Mutate]] = [
    (25, random_bytes), (8, pages), (5, length), (40, value), (5, rows_gone), (6, own_object), (8, foreign_object), (3, other_file)]


def mutated(database: pathlib.Path, source: random.Random) -> Mutation:
    return source.choices([mutate for _, mutate in MUTATIONS], [weight for weight, _ in MUTATIONS])[0](database, source)
