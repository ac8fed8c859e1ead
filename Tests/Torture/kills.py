"""SIGKILL at random instants: the file stays sound, at most a second of polls is lost, and the next run tells of the killed one."""

import os
import pathlib
import shutil
import signal
import sqlite3
import time

from estate import History, Simulator
from misbehaving_proxy import MisbehavingProxy


class Kills:
    name = "kills"

    def __init__(self, setting):
        self.random, self.folder = setting.random("kills"), setting.subfolder("kills")
        self.simulator = Simulator(setting.executable, self.folder, 300, setting.seed, "5ms")
        self.proxy = MisbehavingProxy(setting.context, self.simulator.port, setting.seed)
        self.history = History(setting.executable, self.folder, self.simulator.environment(self.proxy.port, setting.certificate))
        self.database = str(self.folder / "killed.db")
        self.killed = self.finished = 0
        self.longest_loss = 0.0

    def round(self):
        arguments = ("collect", "--database", self.database, "--endpoint", self.random.choice(["customization-live", "both"]),
                     "--concurrency", str(self.random.choice([1, 4, 16, 64])))
        del self.proxy.answered[:]
        before = self.runs()
        process = self.history.start(*arguments)
        time.sleep(self.random.expovariate(1 / 0.5))
        ended_before = process.poll() is not None
        killed_at = time.monotonic()
        if not ended_before:
            os.killpg(process.pid, signal.SIGKILL)
        run = self.history.finish(process, arguments)
        if ended_before:
            self.finished += 1
            if run.fault:
                yield str(run)
        else:
            self.killed += 1
        yield from self.verify(before, killed_at, ended_before)

    def runs(self):
        if not os.path.exists(self.database):
            return 0
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as db:
            try:
                return db.execute("SELECT coalesce(max(run_id), 0) FROM collection_run_history").fetchone()[0]
            except sqlite3.OperationalError:
                return 0  # killed while the file was made

    def verify(self, before, killed_at, ended_before):
        if not os.path.exists(self.database):
            return
        copy = self.copied()
        with sqlite3.connect(copy) as db:
            check = db.execute("PRAGMA integrity_check").fetchone()[0]
            if check != "ok":
                yield f"after {self.killed} kills: integrity_check says {check}"
            if db.execute("PRAGMA foreign_key_check").fetchall():
                yield f"after {self.killed} kills: foreign_key_check finds rows"
            if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                return
            polls = db.execute("SELECT vm, endpoint, polled_at FROM poll_history WHERE run_id > ?", (before,)).fetchall()
            recorded = {(endpoint, vm) for vm, endpoint, _ in polls}
            # A killed run is found by the next one at the same endpoint.
            open_runs = db.execute(
                "SELECT count(*) FROM collection_run_history AS r WHERE outcome = 'running' AND EXISTS ("
                "SELECT 1 FROM collection_run_history AS n WHERE n.endpoint = r.endpoint AND n.run_id > r.run_id)").fetchone()[0]
        lost = []
        for at, target in self.proxy.answered:
            parts = target.split("/")
            # Which endpoints there are is asked of a VM that is none.
            if len(parts) == 7 and parts[5] == "guest" and parts[4] != "vm-0" and (parts[6], parts[4]) not in recorded:
                lost.append(killed_at - at)
        if ended_before and lost:
            yield f"a run that ended by itself left {len(lost)} answers unrecorded"
        if lost:
            self.longest_loss = max(self.longest_loss, max(lost))
            if max(lost) > 1.0:
                yield f"a kill lost an answer that was {max(lost):.2f} s old ({len(lost)} in all)"
        if open_runs:
            yield f"{open_runs} killed runs are still called running after the next run began"
        yield from self.verify_fold(copy)

    def verify_fold(self, copy):
        """What is kept of the customizations is what the polls give: `history report` of the file and of one that is rebuilt agree."""
        run = self.history.run("report", "--since", "30d", "--format", "json", "--database", copy)
        if run.fault:
            yield str(run)

    def copied(self):
        """A copy with its log, so that looking at it changes nothing."""
        copy = str(self.folder / "copy.db")
        for suffix in ("", "-wal", "-shm"):
            pathlib.Path(copy + suffix).unlink(missing_ok=True)
            if os.path.exists(self.database + suffix):
                shutil.copyfile(self.database + suffix, copy + suffix)
        return copy

    def summary(self):
        return f"{self.killed} kills, {self.finished} runs that were faster; the oldest answer lost was {self.longest_loss:.2f} s old"

    def close(self):
        self.simulator.close()
        self.proxy.close()
