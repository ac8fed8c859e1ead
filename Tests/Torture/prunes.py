"""SIGKILL at random instants of a prune: nothing beyond what is pruned is lost, the history verifies, and the next prune goes on."""

import signal
import subprocess
import sys
from contextlib import closing
import sqlite3

import recorded
from case import Case, Part, Setting
from evidence import ROOT
from history import History

KILLS = 4
"""Of each history."""

LATEST = 4.0
"""Seconds after which the kill comes at the latest."""

KEPT = (
    "SELECT * FROM customization_history ORDER BY 1, 2, 4, 5, 6, 7, 11", "SELECT * FROM collection_run_history ORDER BY 1", "SELECT * FROM latest_error ORDER BY 1, 2",
    "SELECT * FROM virtual_machine_history ORDER BY 1, 2", "SELECT run_id, vm, polled_at, result FROM poll_history WHERE run_id > ? ORDER BY 1, 2")


class Prunes(Part):
    name = "prunes"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        history = History(setting.executable, self.folder)
        if history.run("demo", "--vms", "60", "--days", "4", "--database", "history.db", seconds=300).code:
            raise RuntimeError("there is no history to prune")
        self.sound = history.database
        with closing(sqlite3.connect(self.sound)) as db:
            self.last = db.execute("SELECT max(run_id) FROM collection_run_history WHERE started_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')").fetchone()[0]
        self.before = self.kept(self.sound)

    def kept(self, database: object) -> list[object]:
        with closing(sqlite3.connect(str(database))) as db:
            return [db.execute(query, (self.last,) if "?" in query else ()).fetchall() for query in KEPT]

    def try_case(self, case: Case) -> None:
        history = History(self.setting.executable, case.folder)
        recorded.copied(self.sound, history.database)
        # A day before it was recorded, whenever that was: the runs after it are the same in all cases.
        with closing(sqlite3.connect(self.sound)) as db:
            date = db.execute("SELECT started_at FROM collection_run_history WHERE run_id = ?", (self.last + 1,)).fetchone()[0]
        for number in range(1, KILLS + 1):
            running = history.start("prune", "--before", date, "--yes")
            ended = running.has_ended(case.source.uniform(0.5, LATEST))
            if not ended:
                running.send(signal.SIGKILL)
            run = running.end(10)
            case.count("kills" if run.code == -signal.SIGKILL else "prunes that were over sooner")
            case.expect(run.code in (0, -signal.SIGKILL), run)
            self.check(case, history, f"after kill {number}")
            if run.code == 0 and number < KILLS:
                recorded.copied(self.sound, history.database)
        last = history.run("prune", "--before", date, "--yes", seconds=120)
        case.expect(last.code == 0, f"the prune after {KILLS} kills: {last}")
        self.check(case, history, "at the end")
        with closing(sqlite3.connect(history.database)) as db:
            found = db.execute("SELECT count(*), max(last_run_id), min(is_complete), (SELECT min(run_id) FROM poll) FROM prune").fetchone()
        case.expect(found == (1, self.last, 1, self.last + 1), f"at the end: {found}")

    def check(self, case: Case, history: History, when: str) -> None:
        verified = history.run("verify", seconds=120)
        case.expect(verified.code == 0, f"{when}: {verified}")
        second = subprocess.run(
            [sys.executable, "-B", ROOT / "docs/check_history.py", history.database, "--migrations", ROOT / "migrations"],
            capture_output=True, text=True, errors="replace", timeout=60)
        case.expect(second.returncode == 0, f"{when}: the second checker says {second.stdout}{second.stderr}")
        case.expect(self.kept(history.database) == self.before, f"{when}: something else is not as it was before the prune")
