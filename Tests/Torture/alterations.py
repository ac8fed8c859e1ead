"""Ways to alter what a history recorded, with its triggers off and its schema as it was afterwards."""

import contextlib
import hashlib
import json
import pathlib
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

SEALED = {
    "answer": ["id", "sha256", "result", "is_answer", "http_status", "status", "start_ms", "end_ms", "error_id", "error_message", "error_untranslated", "raw"],
    "answer_change": ["virtual_machine_endpoint_id", "run_id", "answer_id"],
    "poll_block": ["run_id", "block", "first_ms", "digits", "offsets"],
    "collection_run": ["id", "vcenter_id", "endpoint_id", "collector", "started_ms", "listed_ms", "finished_ms", "outcome", "failure", "vms", "selection",
                       "is_whole", "polls", "failed_polls", "reported_polls", "last_reported_ms", "clock_offset_ms", "tool_version"],
    "vcenter": ["id", "name", "instance_uuid"],
    "virtual_machine": ["id", "vcenter_id", "moid", "name", "shown_name", "instance_uuid"],
    "virtual_machine_name": ["vm_id", "name", "shown_name", "first_seen_ms"],
    "virtual_machine_endpoint": ["id", "vm_id", "endpoint_id"],
    "virtual_machine_listing": ["virtual_machine_endpoint_id", "first_run_id", "gone_run_id"],
    "tree": ["id", "uuid"], "seal": ["tree_id", "leaf", "run_id", "record"], "tree_node": ["tree_id", "level", "position", "hash"],
    "sealed_name": ["vm_id", "tree_id", "leaf", "name", "instance_uuid"],
    "prune": ["id", "leaf", "last_run_id"],
    "baseline_answer": ["virtual_machine_endpoint_id", "prune_id", "answer_id", "since_run_id", "last_reported_ms", "customization_id", "change_run_id",
                        "polled_run_id", "polled_ms", "polls"],
    "baseline_customization": ["virtual_machine_endpoint_id", "prune_id", "number", "identity_basis", "identity_value", "outcome", "start_ms", "end_ms",
                               "end_first_polled_ms", "first_polled_ms", "last_polled_ms", "polls", "window_ms", "answer_id"],
    "baseline_span": ["virtual_machine_endpoint_id", "prune_id", "first_run_id", "last_run_id"],
}
"""What the seals fix. In which of its rows a block has a poll is not of them."""

DERIVED = {
    "customization": ["identity_basis", "identity_value", "outcome", "start_ms", "end_ms", "end_first_polled_ms", "first_polled_ms", "last_polled_ms", "polls",
                      "window_ms", "answer_id"],
    "latest_answer": ["answer_id", "since_run_id", "last_reported_ms", "customization_id"],
    "poll_span": ["first_run_id", "last_run_id"],
}
"""What follows from it. The second checker does not look at these."""


def contents(database: pathlib.Path, tables: dict[str, list[str]]) -> list[Any] | None:
    """Everything in these columns; None if it cannot be read."""
    try:
        with closing(sqlite3.connect(database)) as db:
            db.text_factory = bytes
            # Rows of equal content count once each, in whatever order the file has them.
            return [sorted(map(repr, db.execute(f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED"))) for table, columns in tables.items()]
    except (sqlite3.Error, UnicodeDecodeError):
        return None


@contextlib.contextmanager
def unguarded(database: pathlib.Path) -> Iterator[sqlite3.Connection]:
    """A connection without the triggers, which are there again afterwards."""
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("PRAGMA ignore_check_constraints = ON")
        yield db
        for _, text in triggers:
            db.execute(text)


def table_of(source: random.Random) -> str:
    return source.choice([*SEALED] * 3 + [*DERIVED])


def key_of(db: sqlite3.Connection, table: str) -> str:
    return ", ".join(row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5]) or "rowid"


def a_row(db: sqlite3.Connection, table: str, source: random.Random) -> str:
    """A condition that holds for one row."""
    keys = key_of(db, table)
    count = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return f"({keys}) = (SELECT {keys} FROM {table} ORDER BY {keys} LIMIT 1 OFFSET {source.randrange(max(count, 1))})"


def changed(database: pathlib.Path, source: random.Random) -> str:
    """A value that is a little different, and just as likely."""
    with unguarded(database) as db:
        table = table_of(source)
        column = source.choice((SEALED | DERIVED)[table])
        row = a_row(db, table, source)
        value = (db.execute(f"SELECT {column} FROM {table} WHERE {row}").fetchone() or [None])[0]
        if isinstance(value, int):
            new: Any = value + source.choice([1, -1, 1000])
        elif isinstance(value, str):
            new = value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
        elif isinstance(value, bytes):
            new = bytes([value[0] ^ 1]) + value[1:] if value else b"x"
        else:
            new = source.choice(["x", 1])
        with contextlib.suppress(sqlite3.Error):
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {row}", (new,))
        return f"{table}.{column} of a row: {value!r:.40} became {new!r:.40}"


def deleted(database: pathlib.Path, source: random.Random) -> str:
    with unguarded(database) as db:
        table = table_of(source)
        db.execute(f"DELETE FROM {table} WHERE {a_row(db, table, source)}")
        return f"a row of {table} deleted"


def inserted(database: pathlib.Path, source: random.Random) -> str:
    """A copy of a row, with another key."""
    with unguarded(database) as db:
        table = table_of(source)
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        values = list(db.execute(f"SELECT * FROM {table} WHERE {a_row(db, table, source)}").fetchone() or [])
        for index in source.sample(range(len(values)), min(len(values), source.choice([1, 1, 2]))):
            value = values[index]
            values[index] = value + 1 if isinstance(value, int) else value + "1" if isinstance(value, str) else source.randbytes(32)
        with contextlib.suppress(sqlite3.Error):
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", values)
        return f"a row of {table} added"


def swapped(database: pathlib.Path, source: random.Random) -> str:
    """Two rows that have each other's values in a column."""
    with unguarded(database) as db:
        table = table_of(source)
        column = source.choice((SEALED | DERIVED)[table])
        rows = [a_row(db, table, source) for _ in range(2)]
        # By row ids or keys that the change does not move.
        keys = key_of(db, table)
        found = [db.execute(f"SELECT {keys}, {column} FROM {table} WHERE {row}").fetchone() for row in rows]
        if None in found or column in keys.split(", "):
            return f"nothing of {table}"
        with contextlib.suppress(sqlite3.Error):
            for this, other in (found, found[::-1]):
                db.execute(f"UPDATE {table} SET {column} = ? WHERE ({keys}) = ({', '.join('?' * (len(this) - 1))})", (other[-1], *this[:-1]))
        return f"{table}.{column} of two rows swapped"


def reordered(database: pathlib.Path, source: random.Random) -> str:
    """Two runs, or two seals, that have each other's place."""
    with unguarded(database) as db:
        table, column = source.choice([("collection_run", "id"), ("seal", "leaf"), ("seal", "run_id"), ("poll_block", "run_id"), ("answer", "id")])
        first, second = (row[0] for row in db.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY random() LIMIT 2"))
        for old, new in ((first, -9), (second, first), (-9, second)):
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old))
        return f"{table}.{column} {first} and {second} reordered"


def flipped(database: pathlib.Path, source: random.Random) -> str:
    size = database.stat().st_size
    place = source.randrange(size)
    with database.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1 << source.randrange(8)]))
    return f"a bit of byte {place} flipped"


def cut_off(database: pathlib.Path, source: random.Random) -> str:
    """The last runs are gone, with their seals: the tree is a shorter one, and sound."""
    with unguarded(database) as db:
        leaves = [row[0] for row in db.execute("SELECT leaf FROM seal WHERE tree_id = 1 ORDER BY leaf")]
        first = source.choice(leaves[len(leaves) // 2:])
        gone = "SELECT run_id FROM seal WHERE tree_id = 1 AND leaf >= ?"
        for table, column in (("poll_block", "run_id"), ("answer_change", "run_id"), ("collection_run", "id")):
            db.execute(f"DELETE FROM {table} WHERE {column} IN ({gone})", (first,))
        db.execute("DELETE FROM sealed_name WHERE tree_id = 1 AND leaf >= ?", (first,))
        db.execute("DELETE FROM seal WHERE tree_id = 1 AND leaf >= ?", (first,))
        db.execute("DELETE FROM tree_node WHERE tree_id = 1 AND (position + 1) << level > ?", (first,))
        db.execute("DELETE FROM answer WHERE id NOT IN (SELECT answer_id FROM answer_change)")
        return f"cut off before seal {first}"


def rewritten(database: pathlib.Path, source: random.Random) -> str:
    """A run with another figure, its record to match, and the tree above it as a whole."""
    with unguarded(database) as db:
        tree, leaf, run, text = source.choice(db.execute("SELECT tree_id, leaf, run_id, record FROM seal WHERE run_id IS NOT NULL").fetchall())
        db.execute("UPDATE collection_run SET vms = vms + 1 WHERE id = ?", (run,))
        record = json.loads(text)
        record["vms"] += 1
        text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        db.execute("UPDATE seal SET record = ? WHERE tree_id = ? AND leaf = ?", (text, tree, leaf))
        level, position, node = 0, leaf, hashlib.sha256(b"\0" + text.encode()).digest()
        while True:
            if not db.execute("UPDATE tree_node SET hash = ? WHERE tree_id = ? AND level = ? AND position = ?", (node, tree, level, position)).rowcount:
                break
            sibling = db.execute("SELECT hash FROM tree_node WHERE tree_id = ? AND level = ? AND position = ?", (tree, level, position ^ 1)).fetchone()
            if sibling is None:
                break
            node = hashlib.sha256(b"\1" + (sibling[0] + node if position & 1 else node + sibling[0])).digest()
            level, position = level + 1, position >> 1
        return f"seal {leaf} of tree {tree} and all above it rewritten"


ALTERATIONS: list[Callable[[pathlib.Path, random.Random], str]] = [
    changed, changed, changed, deleted, deleted, inserted, inserted, swapped, swapped, reordered, flipped, flipped, cut_off, rewritten]
