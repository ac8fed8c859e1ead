"""What a history holds, read by Python's own SQLite and by plain SQL, and what must be true of every one."""

import pathlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

FILES = ("", "-wal", "-shm", "-journal")


def copied(database: pathlib.Path, to: pathlib.Path, suffixes: tuple[str, ...] = ("", "-wal", "-journal")) -> pathlib.Path:
    """A copy as it would be after a crash of the machine: the index of the log is no part of it."""
    for suffix in FILES:
        source, target = pathlib.Path(f"{database}{suffix}"), pathlib.Path(f"{to}{suffix}")
        target.unlink(missing_ok=True)
        if suffix in suffixes and source.exists():
            shutil.copyfile(source, target)
    return to


@contextmanager
def opened(database: pathlib.Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        yield connection


def rows(database: pathlib.Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with opened(database) as connection:
        return connection.execute(query, values).fetchall()


def has_tables(database: pathlib.Path) -> bool:
    """Whether it is more than what a run that was killed early left: a file without all migrations."""
    return database.exists() and bool(rows(database, "SELECT 1 FROM sqlite_schema WHERE name = 'attribute_change'"))


def unsound(database: pathlib.Path) -> list[str]:
    """What is wrong in a history that nobody damaged."""
    found = []
    with opened(database) as connection:
        check = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        if check != ["ok"]:
            found.append(f"integrity_check says {check[:3]}")
        if connection.execute("PRAGMA foreign_key_check").fetchall():
            found.append("foreign_key_check finds rows")
        found += [
            f"run {run} says {said} polls, and poll_history has {stored}" for run, said, stored in connection.execute(
                "SELECT run_id, polls, (SELECT count(*) FROM poll_history AS p WHERE p.run_id = r.run_id) AS stored"
                " FROM collection_run_history AS r WHERE polls <> stored")
        ]
        found += [
            f"run {run} is {outcome} with {vms} VMs listed and {polls} polls" for run, outcome, vms, polls in connection.execute(
                "SELECT run_id, outcome, vms, polls FROM collection_run_history WHERE outcome IN ('complete', 'partial') AND vms <> polls")
        ]
        found += [f"the fold differs from the polls: {row}" for query in FOLD for row in connection.execute(query).fetchmany(3)]
    return found


FOLD = [
    # Each poll that told of a customization is counted in one.
    """
    WITH told AS (
        SELECT vcenter, vm, endpoint, count(*) AS polls FROM poll_history
        WHERE result = 'reported' AND status NOT IN ('NOT_AVAILABLE', 'IDLE') GROUP BY vcenter, vm, endpoint),
    kept AS (SELECT vcenter, vm, endpoint, sum(polls) AS polls FROM customization_history WHERE endpoint <> 'events' GROUP BY vcenter, vm, endpoint)
    SELECT 'polls', t.* FROM (SELECT * FROM told EXCEPT SELECT * FROM kept) AS t
    UNION ALL SELECT 'customizations', k.* FROM (SELECT * FROM kept EXCEPT SELECT * FROM told) AS k
    """,
    # Each that has a start has all polls that showed it, perhaps earlier ones that showed no time yet, and the instant of the latest, in the
    # order of runs: a clock may have been set back.
    """
    SELECT t.*, k.polls, k.last_polled_at
    FROM (
        SELECT vcenter, vm, endpoint, start_time, count(*) AS polls, polled_at AS last_polled_at, max(run_id)
        FROM poll_history WHERE result = 'reported' AND start_time > '1970-01-02T00:00:00.000Z' AND status IN ('RUNNING', 'SUCCEEDED', 'FAILED')
        GROUP BY vcenter, vm, endpoint, start_time) AS t
    LEFT JOIN customization_history AS k USING (vcenter, vm, endpoint, start_time)
    WHERE k.polls IS NULL OR k.polls < t.polls OR k.last_polled_at <> t.last_polled_at
    """,
]


def open_runs(database: pathlib.Path) -> list[int]:
    return [run for (run,) in rows(database, "SELECT run_id FROM collection_run_history WHERE outcome = 'running'")]


def polled_runs(database: pathlib.Path) -> int:
    """How many runs polled, or were to: those that read events depend on what happened meanwhile."""
    return rows(database, "SELECT count(*) FROM collection_run_history WHERE endpoint <> 'events'")[0][0] if has_tables(database) else 0


def latest_run(database: pathlib.Path) -> int:
    return rows(database, "SELECT coalesce(max(run_id), 0) FROM collection_run_history")[0][0] if has_tables(database) else 0
