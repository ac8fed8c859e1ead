"""Random damage to a real history, and objects that are not ours in it, under every subcommand: no crash, no hang, no untruth."""

import os
import pathlib
import shutil
import sqlite3

from estate import History, Simulator

COMMANDS = [
    ["report", "--since", "10y"], ["report", "--since", "30d", "--format", "json", "--compare"],
    ["report", "--format", "html"], ["report", "--by", "error", "--format", "csv"], ["report", "--by", "day", "--format", "markdown"],
    ["runs", "--since", "30d"], ["runs", "--format", "json"], ["show", "vm-1001"], ["show", "vm-1002", "--format", "json"],
    ["metrics"], ["collect"],
]
ODD_VALUES = [
    None, 0, -1, 2**63 - 1, -2**63, 1e300, float("inf"), "", "x" * 100_000, "\x1b[31m\u202e\x9b", "=cmd|' /C calc'!A0", b"\xff\xfe\x00", b"",
    "9999999999999999999", "2026-11-27", 253402300800000, -62135596800001,
]


class Damage:
    name = "damage"

    def __init__(self, setting):
        self.random, self.folder = setting.random("damage"), setting.subfolder("damage")
        self.simulator = Simulator(setting.executable, self.folder, 30, setting.seed, "0ms")
        self.history = History(setting.executable, self.folder, self.simulator.environment())
        self.sound = str(self.folder / "sound.db")
        made = self.history.run("demo", "--vms", "30", "--days", "2", "--database", self.sound, seconds=300)
        if made.code != 0:
            raise RuntimeError(f"history demo failed: {made}")
        self.tried = self.runs = 0
        self.exits = {}

    def round(self):
        database = str(self.folder / "damaged.db")
        for suffix in ("", "-wal", "-shm", "-lock"):
            pathlib.Path(database + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.sound, database)
        self.tried += 1
        kind = self.random.choice([self.bytes, self.bytes, self.cut, self.value, self.value, self.value, self.value, self.schema, self.object])
        what = kind(database)
        for command in self.random.sample(COMMANDS, 4):
            self.runs += 1
            run = self.history.run(*command, "--database", database, seconds=60)
            self.exits[run.code] = self.exits.get(run.code, 0) + 1
            if run.fault:
                yield f"{what}: {run}"
            if command == ["collect"] and run.code == 0:
                yield from self.verify_collected(database, what)

    def verify_collected(self, database, what):
        with sqlite3.connect(database) as db:
            try:
                vms, said, stored = db.execute(
                    "SELECT vms, polls, (SELECT count(*) FROM poll_history AS p WHERE p.run_id = r.run_id) FROM collection_run_history AS r"
                    " ORDER BY run_id DESC LIMIT 1").fetchone()
            except (sqlite3.DatabaseError, TypeError) as error:
                yield f"{what}: collect exited with 0 and the file cannot be read: {error}"
                return
        if not vms == said == stored:
            yield f"{what}: collect exited with 0: {vms} VMs, {said} polls said, {stored} stored"

    def bytes(self, database):
        size = os.path.getsize(database)
        with open(database, "r+b") as file:
            places = [self.random.randrange(size) for _ in range(self.random.choice([1, 3, 20, 200]))]
            for place in places:
                file.seek(place)
                file.write(self.random.randbytes(1))
        return f"{len(places)} bytes changed, the first at {places[0]}"

    def cut(self, database):
        size = os.path.getsize(database)
        keep = self.random.randrange(size)
        os.truncate(database, keep)
        return f"cut after {keep} of {size} bytes"

    def value(self, database):
        """A value that the schema's own checks would have kept out, by a table that is declared without them."""
        db = sqlite3.connect(database)
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")]
        table = self.random.choice(tables)
        columns = [(row[1], row[5]) for row in db.execute(f"PRAGMA table_info({table})")]
        column, _ = self.random.choice(columns)
        value = self.random.choice(ODD_VALUES)
        sql = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
        db.execute("PRAGMA writable_schema = ON")
        loose = sql.replace("STRICT, ", "").replace(") STRICT", ")").replace("CHECK", "DEFAULT NULL /*CHECK").replace("NOT NULL", "")
        try:
            db.execute("PRAGMA ignore_check_constraints = ON")
            loose = sql.replace("STRICT, WITHOUT ROWID", "WITHOUT ROWID").replace(") STRICT", ")").replace(" NOT NULL", "")
            db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (loose, table))
            db.commit()
            db.close()
            db = sqlite3.connect(database)
            db.execute("PRAGMA ignore_check_constraints = ON")
            rows = self.random.choice(["1", "rowid % 7 = 3", "TRUE"]) if "WITHOUT ROWID" not in sql else "TRUE"
            try:
                db.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {rows}", (value,))
            except (sqlite3.DatabaseError, OverflowError):
                pass
            db.execute("PRAGMA writable_schema = ON")
            db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, table))
            db.commit()
        except sqlite3.DatabaseError:
            pass
        db.close()
        return f"{table}.{column} = {value!r:.40}"

    def schema(self, database):
        db = sqlite3.connect(database)
        name, kind = self.random.choice(
            db.execute("SELECT name, type FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'").fetchall())
        try:
            db.execute(f"DROP {kind} {name}")
            if kind != "index" and self.random.random() < 0.7:
                db.execute(f"CREATE VIEW {name} AS SELECT 1 AS run_id, 'x' AS vcenter, 'vm-1' AS vm, 2 AS polls, 2 AS vms")
            db.commit()
        except sqlite3.DatabaseError:
            pass
        db.close()
        return f"{kind} {name} dropped or replaced"

    def object(self, database):
        tables = ["customization", "collection_run", "answer", "virtual_machine", "vcenter"]
        table = self.random.choice(tables)
        statement = self.random.choice([
            f"CREATE TRIGGER t BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END",
            f"CREATE TRIGGER t AFTER UPDATE ON {table} BEGIN DELETE FROM {table}; END",
            "CREATE TRIGGER t INSTEAD OF INSERT ON poll_history BEGIN SELECT 1; END",
            f"CREATE UNIQUE INDEX u ON {table} (1)", f"CREATE UNIQUE INDEX u ON {table} (typeof(id))",
            "CREATE TRIGGER t AFTER INSERT ON customization BEGIN UPDATE customization SET outcome = 'succeeded'; END",
            "CREATE VIEW mine AS SELECT * FROM poll_history", "CREATE TABLE notes (text)", "CREATE INDEX plain ON customization (outcome)",
        ])
        with sqlite3.connect(database) as db:
            try:
                db.execute(statement)
            except sqlite3.DatabaseError:
                pass
        return statement

    def summary(self):
        exits = ", ".join(f"{count} × {code}" for code, count in sorted(self.exits.items(), key=lambda item: -item[1]))
        return f"{self.tried} damaged files, {self.runs} commands (exit codes: {exits})"

    def close(self):
        self.simulator.close()
