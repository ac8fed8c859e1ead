"""A history whose main file and write-ahead log are of different times, as after a backup restored over one of them."""

import pathlib
import random
import shutil
import sqlite3
from contextlib import closing

import recorded
import truth
from history import History
from mutations import Mutation, Outcome


class StaleLogs:
    """Copies of one history at several times, with the log that was beside it."""

    def __init__(self, history: History, sound: pathlib.Path, folder: pathlib.Path) -> None:
        self.times: list[pathlib.Path] = []
        self.true: set[str | None] = set()
        """Fingerprints of what the history said at some time."""
        recorded.copied(sound, history.database)
        for number in range(3):
            # While someone reads, the log stays.
            with closing(sqlite3.connect(history.database, isolation_level=None)) as reader:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM collection_run").fetchone()
                for runs in range(2):
                    made = history.run("collect")
                    if made.code != 0:
                        raise RuntimeError(f"there is no log: {made}")
                    time = recorded.copied(history.database, folder / f"time-{number}-{runs}.db")
                    self.times.append(time)
                    self.remember(time, folder)
            with closing(sqlite3.connect(history.database)) as last:
                last.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def remember(self, time: pathlib.Path, folder: pathlib.Path) -> None:
        for suffixes in (("", "-wal"), ("",)):
            self.true.add(truth.fingerprint(recorded.copied(time, folder / "remembered.db", suffixes)))

    def mixed(self, database: pathlib.Path, source: random.Random) -> Mutation:
        main, log = source.sample(self.times, 2)
        recorded.copied(main, database, ("",))
        wal = pathlib.Path(f"{database}-wal")
        kind = source.choice(["of another time", "of another time", "cut", "with a byte changed", "garbage", "with a garbage index"])
        if kind == "of another time":
            shutil.copyfile(f"{log}-wal", wal)
            return Mutation(f"log: {main.name} under the log of {log.name}", Outcome.ANY_TRUE)
        shutil.copyfile(f"{main}-wal", wal)
        data = bytearray(wal.read_bytes())
        if kind == "cut" and data:
            # A shorter log ends at a commit that once was the last, maybe in the middle of a run.
            del data[source.randrange(len(data)):]
            wal.write_bytes(data)
            return Mutation("the log is cut", Outcome.ANY_TRUE)
        if kind == "with a byte changed" and data:
            data[source.randrange(len(data))] ^= 1 << source.randrange(8)
            wal.write_bytes(data)
            return Mutation("a bit of the log is changed", Outcome.ANY_TRUE)
        if kind == "garbage":
            wal.write_bytes(source.randbytes(40_000))
            return Mutation("log: garbage", Outcome.ANY_TRUE)
        pathlib.Path(f"{database}-shm").write_bytes(source.randbytes(32_768))
        return Mutation("log: the index is garbage", Outcome.ANY_TRUE)
