"""A service of `--every 1s` beside a server that misbehaves at random: memory, descriptors, threads and sessions stay flat."""

import os
import pathlib
import signal
import time
from dataclasses import dataclass
from statistics import median

import recorded
from case import Case, Part, Setting
from certificates import self_signed
from history import History
from misbehaving_proxy import MisbehavingProxy
from simulator import Simulator
from wire_faults import WIRE_FAULTS

SHARE_OF_FAULTS = 0.01
MOST_GROWTH_MIB = 4
"""Between the second fifth of the time and the last."""

SHORTEST_SECONDS = 300
"""From which on a growth is one; before, caches fill."""


@dataclass(frozen=True)
class Look:
    seconds: float
    memory_mib: float
    descriptors: int
    threads: int


class Service(Part):
    """Each case is one look at the one service, a second after the last."""

    name = "service"
    at_once = 1

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        source = Case(self.name, 0, setting.seed, self.folder).source
        self.simulator = Simulator(setting.executable, self.folder, 60, "1ms")
        self.closing.append(self.simulator.close)
        made = self_signed(self.folder)
        self.proxy = MisbehavingProxy(made.context(), self.simulator.port, source)
        self.proxy.__enter__()
        self.closing.append(lambda: self.proxy.__exit__())
        faults = list(WIRE_FAULTS.values())
        self.proxy.choose = lambda method, target: source.choice(faults) if source.random() < SHARE_OF_FAULTS else None
        self.proxy.refuse = lambda: source.choice(["close", "reset", "garbage"]) if source.random() < SHARE_OF_FAULTS else None
        self.history = History(setting.executable, self.folder, self.simulator.environment(self.proxy.port, made.path))
        self.began = time.monotonic()
        self.running = self.history.start("collect", "--every", "1s", "--timeout", "2s", "--run-timeout", "5s", "--quiet")
        self.looks: list[Look] = []

    def try_case(self, case: Case) -> None:
        if self.running.has_ended(1):
            if case.number == 1 or self.looks:
                case.find(f"the service ended by itself, {time.monotonic() - self.began:.0f} s after its begin: {self.running.files[1].read_text()[-300:]}")
            self.looks.clear()
            return
        folder = pathlib.Path(f"/proc/{self.running.pid}")
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        self.looks.append(Look(
            time.monotonic() - self.began, int(status["VmRSS"].split()[0]) / 1024, len(os.listdir(folder / "fd")), int(status["Threads"])))

    def conclude(self, case: Case) -> None:
        asked = time.monotonic()
        self.running.send(signal.SIGTERM)
        run = self.running.end(20)
        case.measure("time to stop, in s", time.monotonic() - asked)
        for fault in run.faults(may_end_by=(128 + signal.SIGTERM,)):
            case.find(fault)
        # 0 between two runs, as a service manager wants it.
        case.expect(run.code in (0, 128 + signal.SIGTERM) or not self.looks, f"a service that was asked to stop: {run}")
        if not recorded.has_tables(self.history.database):
            case.find("nothing is recorded")
            return
        for fault in recorded.unsound(self.history.database):
            case.find(fault)
        for number in recorded.open_runs(self.history.database):
            case.find(f"run {number} is left open")
        case.measure("number of runs", recorded.polled_runs(self.history.database))
        case.measure("number of faults met", sum(self.proxy.struck.values()))
        # A log-out that met a fault leaves its session, and so does a login whose answer was lost.
        ends = sum(1 for fault in self.proxy.struck)
        case.expect(len(self.proxy.sessions) <= ends, f"{len(self.proxy.sessions)} sessions are left")
        self.judge_looks(case)

    def judge_looks(self, case: Case) -> None:
        if not self.looks:
            return
        fifth = max(1, len(self.looks) // 5)
        early, late = self.looks[fifth:2 * fifth] or self.looks, self.looks[-fifth:]
        figures = {}
        for name in ("memory_mib", "descriptors", "threads"):
            before, after = (median(getattr(look, name) for look in looks) for looks in (early, late))
            figures[name] = after - before
            case.measure(f"{name} at the end", after, f"{before:.1f} before")
        if self.looks[-1].seconds >= SHORTEST_SECONDS:
            case.expect(figures["memory_mib"] <= MOST_GROWTH_MIB, f"memory grew by {figures['memory_mib']:.1f} MiB")
            case.expect(figures["descriptors"] <= 2, f"descriptors grew by {figures['descriptors']}")
            case.expect(figures["threads"] <= 1, f"threads grew by {figures['threads']}")
