"""SIGKILL at random instants: the file stays sound, at most a second of polls is lost, and the next run tells of the killed ones."""

import signal
import time

import recorded
from case import Case, Part, Setting
from certificates import self_signed
from history import History
from misbehaving_proxy import MisbehavingProxy
from simulator import Simulator

KILLS = 10
"""Of each history."""

LATEST = 5.0
"""Seconds after which the kill comes at the latest; most come much sooner."""

MOST_AGE = 2
"""In seconds, of an answer that a kill may lose: it is committed within one, and a busy machine takes its time for that."""


class Kills(Part):
    name = "kills"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.simulator = Simulator(setting.executable, self.folder, 300, "5ms")
        self.closing.append(self.simulator.close)
        self.certificate = self_signed(self.folder)

    def try_case(self, case: Case) -> None:
        """One history whose runs are killed again and again, and one run that is let live."""
        with MisbehavingProxy(self.certificate.context(), self.simulator.port, case.source) as proxy:
            history = History(self.setting.executable, case.folder, self.simulator.environment(proxy.port, self.certificate.path))
            for number in range(1, KILLS + 1):
                self.kill(case, history, proxy, f"kill {number}")
            last = history.run("collect", "--endpoint", "both")
            case.expect(last.code == 0, f"the run after {KILLS} kills: {last}")
            for run in recorded.open_runs(history.database):
                case.find(f"run {run} was killed and is still called running after later runs")

    def kill(self, case: Case, history: History, proxy: MisbehavingProxy, what: str) -> None:
        proxy.answered.clear()
        before = recorded.latest_run(recorded.copied(history.database, case.folder / "copy.db"))
        running = history.start(
            "collect", "--endpoint", case.source.choice(["customization-live", "both"]), "--concurrency",
            case.source.choice(["1", "4", "16", "64"]))
        ended = running.has_ended(min(case.source.expovariate(2), LATEST))
        killed_at = time.monotonic()
        if not ended:
            running.send(signal.SIGKILL)
        run = running.end(10)
        was_killed = run.code == -signal.SIGKILL
        case.count("kills" if was_killed else "runs that were over sooner")
        if not was_killed:
            case.expect(run.code == 0, run)
        copy = recorded.copied(history.database, case.folder / "copy.db")
        if not recorded.has_tables(copy):
            case.count("of them before there were tables")
            case.expect(not self.answered(proxy, killed_at - MOST_AGE), f"{what}: no tables, though answers were old enough")
            return
        for fault in recorded.unsound(copy):
            case.find(f"{what}: {fault}")
        stored = set(recorded.rows(copy, "SELECT vm, endpoint FROM poll_history WHERE run_id > ?", before))
        lost = {age for poll, age in self.answered(proxy, killed_at).items() if poll not in stored}
        if lost:
            case.measure("age in s of an answer lost to a kill", max(lost))
            case.expect(was_killed, f"a run that ended by itself lost {len(lost)} answers")
            case.expect(max(lost) <= MOST_AGE, f"{what}: an answer was lost that was {max(lost):.2f} s old ({len(lost)} in all)")

    @staticmethod
    def answered(proxy: MisbehavingProxy, until: float) -> dict[tuple[str, str], float]:
        """(VM, endpoint) → how many seconds before `until` its answer was written whole, if it was."""
        polls = {}
        for at, target in list(proxy.answered):
            parts = target.split("/")
            # Which endpoints there are is asked of vm-0, which is none.
            if at <= until and len(parts) == 7 and parts[5] == "guest" and parts[4] != "vm-0":
                polls[parts[4], parts[6]] = until - at
        return polls
