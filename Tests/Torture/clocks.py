"""Dates, clocks that are set back or jump in mid-run, and time zones: what is asked for gets an exit code of the contract, and every
instant that is recorded shows as text."""

import random
import re
import shutil
import time
from datetime import datetime
from pathlib import Path

import recorded
from case import Case, Part, Setting
from history import History, Run
from simulator import Simulator

DATES = [
    "1901-12-13 20:45:51", "1969-12-31 23:59:00", "1970-01-01 00:00:00", "1970-01-02 00:00:01", "1999-12-31 23:59:59", "2000-02-29 12:00:00", "2015-06-30 23:59:59",
    "2016-12-31 23:59:59", "2024-02-29 00:00:00", "2026-03-29 01:59:59", "2026-03-29 02:30:00", "2026-10-25 02:30:00", "2026-11-27 12:00:00", "2036-02-07 06:28:16",
    "2038-01-19 03:14:07", "2038-01-19 03:14:08", "2100-02-28 23:59:59", "2106-02-07 06:28:15", "2262-04-11 23:47:16", "2500-01-01 00:00:00", "9999-12-31 23:59:40",
]
ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Kathmandu", "America/Sao_Paulo", "XYZ-25:59",
         "No/Where", ""]
WINDOWS = ["2026-03-29 02:30", "2026-10-25 02:30", "2011-12-30", "1969-12-31", "9999-12-31", "0001-01-01", "2016-12-31T23:59:60Z", "yesterday", "today", "1000w", "1s",
           "2026-02-29", "2024-02-29", "2026-11-01T00:00:00.0005Z"]
HOUR, DAY, YEAR = 3600, 86_400, 31_556_952
CHANGES = [0, -1, -HOUR, HOUR, -DAY, 40 * DAY, -3 * YEAR, 3 * YEAR, -60 * YEAR]
"""Seconds by which the clock is set in the middle of a run."""


def seconds(date: str) -> float:
    """Since 1970."""
    return datetime.fromisoformat(f"{date}+00:00").timestamp()


# BoringSSL ends the process where the clock stands before 1970, so that such a clock is refused; it is not watched all the time.
PLAN = [(date, change) for date in DATES for change in CHANGES if seconds(date) < 0 or seconds(date) + change >= 0]
READERS = [("report", "--since", "30d", "--compare"), ("report", "--since", "2w", "--by", "day", "--format", "json"), ("runs", "--since", "30d"), ("metrics",),
           ("show", "vm-1001"), ("report", "--since", "yesterday", "--until", "today"), ("vcenter", "list")]
TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
WRAPPER = ("faketime", "-f", "+0", "env", "--unset=FAKETIME")
"""Has the time come from FAKETIME_TIMESTAMP_FILE. The library alone would move the environment, by which Swift finds its arguments."""
SHARED = re.compile(r"(?:sem\.)?faketime_(?:sem|shm)_(\d+)")
"""What the wrapper shares with its children in /dev/shm, named by its process. One that is killed leaves it, and the wrapper refuses to
start in a later process of the same number."""


def remove_what_dead_wrappers_left() -> None:
    for file in Path("/dev/shm").iterdir():
        if (match := SHARED.fullmatch(file.name)) and not Path("/proc", match[1]).exists():
            file.unlink(missing_ok=True)


class Clocks(Part):
    name = "clocks"
    cases = len(PLAN)

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.simulator = Simulator(setting.executable, self.folder, 30, "50ms")
        self.closing.append(self.simulator.close)
        self.plan = random.Random(setting.seed).sample(PLAN, len(PLAN))

    @staticmethod
    def hindrance() -> str | None:
        return None if shutil.which("faketime") else "there is no faketime"

    def try_case(self, case: Case) -> None:
        remove_what_dead_wrappers_left()
        date, change = self.plan[case.number - 1]
        zone = case.source.choice(ZONES)
        what = f"{date}, then set by {change} s, TZ={zone}"
        clock = case.folder / "clock"
        history = History(self.setting.executable, case.folder, {
            # The certificate was made today, so its dates are left unread.
            **self.simulator.environment(), "GOVC_INSECURE": "1", "TZ": zone, "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        ahead = seconds(date) - time.time()
        clock.write_text(f"{ahead:+.3f}\n")
        runs = [history.run("collect", wrapper=WRAPPER)]
        running = history.start("collect", "--concurrency", "1", wrapper=WRAPPER)
        if running.has_ended(case.source.uniform(0.1, 1.2)):
            case.count("runs that ended before their clock changed")
        clock.write_text(f"{ahead + change:+.3f}\n")
        runs.append(running.end(60))
        runs.append(history.run("collect", wrapper=WRAPPER))
        for number, run in enumerate(runs):
            is_before_1970 = seconds(date) + (change if number == 2 else 0) < -1
            case.expect(run.code == (78 if is_before_1970 else 0), f"{what}: a collection failed: {run}")
            self.judge(case, what, run)
        for command in case.source.sample(READERS, 3):
            self.judge(case, what, history.run(*command, wrapper=WRAPPER))
        window = case.source.choice(WINDOWS)
        self.judge(case, what, history.run("report", "--since", window, wrapper=WRAPPER))
        if recorded.has_tables(history.database):
            self.verify(case, what, history)
            begun = recorded.rows(history.database, "SELECT min(started_at) FROM collection_run_history WHERE run_id = 1")[0][0]
            case.expect(begun is None or begun[:16] >= date[:16].replace(" ", "T"), f"{what}: the first run is said to have begun at {begun}")

    @staticmethod
    def judge(case: Case, what: str, run: Run) -> None:
        case.count(f"times exit code {run.code}")
        case.expect(run.code in (0, 64, 74, 78), f"{what}: {run}")
        for fault in run.faults():
            case.find(f"{what}: {fault}")

    @staticmethod
    def verify(case: Case, what: str, history: History) -> None:
        for fault in recorded.unsound(history.database):
            case.find(f"{what}: {fault}")
        for view, column in (("poll_history", "polled_at"), ("collection_run_history", "started_at"), ("collection_run_history", "finished_at"),
                             ("customization_history", "first_polled_at"), ("customization_history", "last_polled_at")):
            bad = [value for (value,) in recorded.rows(history.database, f"SELECT {column} FROM {view}") if not TIME.fullmatch(value or "")]
            case.expect(not bad, f"{what}: {view}.{column} shows {bad[:2]}")
