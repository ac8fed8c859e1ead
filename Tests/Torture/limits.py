"""Limits of descriptors, threads, memory and file sizes: the collection is made, or one line says what is lacking and the exit code is 71
(74 where a file may not grow)."""

import os
import pathlib
import shutil

import recorded
from case import Case, Part, Setting
from history import History
from simulator import Simulator

NOBODY = 65534
"""No limit on processes holds for root."""

KINDS = {
    "nofile": [6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48, 64, 96, 128, 256],
    "nproc": [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24],
    "data": [2**20 * mib for mib in (4, 8, 16, 24, 32, 48, 64, 96, 128, 256, 512)],
    "as": [2**20 * mib for mib in (128, 192, 256, 384, 512, 768, 1024, 2048)],
    "stack": [2**10 * kib for kib in (64, 128, 256, 512, 1024)],
    "fsize": [0, 512, 4096, 40_000, 65_536, 100_000, 150_000, 200_000, 300_000],
    "memlock": [0],
}
PLAN = [(kind, limit, is_hard, concurrency) for kind, limits in KINDS.items() for limit in limits for is_hard in (True, False)
        for concurrency in ((1, 16, 64, 256) if kind == "nofile" else (16, 256))]
VMS = 300


class Limits(Part):
    name = "limits"
    cases = len(PLAN)

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.simulator = Simulator(setting.executable, self.folder, VMS, "2ms")
        self.closing.append(self.simulator.close)

    @staticmethod
    def hindrance() -> str | None:
        missing = [tool for tool in ("prlimit", "setpriv") if not shutil.which(tool)]
        return f"there is no {missing[0]} (util-linux)" if missing else None

    def try_case(self, case: Case) -> None:
        kind, limit, is_hard, concurrency = PLAN[(case.number - 1) * 61 % len(PLAN)]
        history = History(self.setting.executable, case.folder, self.simulator.environment())
        wrapper: tuple[str, ...] = ("prlimit", f"--{kind}={limit}:{limit if is_hard else ''}")
        if os.geteuid() == 0 and kind == "nproc":
            case.folder.chmod(0o777)
            wrapper = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", *wrapper)
        run = history.run("collect", "--concurrency", str(concurrency), "--run-timeout", "15s", wrapper=wrapper, seconds=30)
        what = f"{kind} limited to {limit}{'' if is_hard else ' (soft)'} with --concurrency {concurrency}"
        if run.code == 127 and "error while loading shared libraries" in run.error or run.code == 126:
            case.count("programs that could not be loaded")
            return
        case.count(f"times exit code {run.code}")
        faults = run.faults()
        for fault in faults:
            case.find(f"{what}: {fault}")
        if not faults:
            case.expect(run.code in (0, 71, 74 if kind == "fsize" else 71), f"{what}: {run}")
            case.expect(run.code == 0 or run.error.count("\n") <= 1, f"{what}: more than a line was said: {run}")
            # A soft limit is raised as far as the hard one allows.
            case.expect(run.code == 0 or is_hard or kind != "nofile", f"{what}: the limit was not raised: {run}")
        self.verify(case, what, history.database, run.code == 0)

    @staticmethod
    def verify(case: Case, what: str, database: pathlib.Path, went_well: bool) -> None:
        if not recorded.has_tables(database):
            case.expect(not went_well, f"{what}: nothing is recorded")
            return
        for fault in recorded.unsound(database):
            case.find(f"{what}: {fault}")
        if went_well:
            polls = recorded.rows(database, "SELECT count(*) FROM poll_history")[0][0]
            case.expect(polls == VMS, f"{what}: {polls} of {VMS} VMs are polled")
