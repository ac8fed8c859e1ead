"""Random damage to a real history, objects that are not ours in it, and logs of other times beside it, under every subcommand: no crash, no
hang, and no untruth."""

import pathlib
import sqlite3

import recorded
import truth
from case import Case, Part, Setting
from history import History, Run
from mutations import Mutation, Outcome, mutated
from simulator import Simulator
from stale_logs import StaleLogs

TELLING = [("report", "--since", "500w", "--format", "json"), ("runs", "--since", "500w", "--limit", "100000", "--format", "json"),
           ("show", "vm-1003", "--limit", "100000", "--format", "json")]
"""What is held to the views."""

READING = [
    ("report", "--since", "500w"), ("report", "--since", "30d", "--format", "json", "--compare"), ("report", "--format", "html"), ("report", "--explain"),
    ("report", "--by", "error", "--format", "csv"), ("report", "--by", "day", "--format", "markdown"), ("report", "--by", "cause"), ("report", "--by", "vcenter"),
    ("report", "--only", "failing"), ("report", "--error", "perl"), ("report", "--fail-above", "5", "--quiet"), ("runs", "--since", "30d"), ("show", "vm-1001"),
    ("show", "vm-1002", "--format", "json"), ("metrics",), ("vcenter", "list"), ("vcenter", "list", "--format", "json"),
    ("verify",), ("head",), ("prove", "--run", "3"), ("prove", "--vm", "vm-1001"), ("stats",), ("export", "--format", "ndjson", "--polls"), ("export", "--format", "postgresql"),
    ("sql", "SELECT count(*) FROM poll_history WHERE status = 'FAILED'"), ("backup", "copy-of-it.db", "--force")]
WRITING = [("collect",), ("collect", "--endpoint", "both"), ("vcenter", "rename", "simulated", "renamed"), ("vcenter", "merge", "simulated", "{vcenter}", "--yes")]
NEEDS_NO_FILE = {("report", "--explain"), ("collect",), ("collect", "--endpoint", "both")}
TIME_LIMIT = 30


class Damage(Part):
    name = "damage"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.simulator = Simulator(setting.executable, self.folder, 30)
        self.closing.append(self.simulator.close)
        self.writing = [tuple(word.format(vcenter=f"localhost:{self.simulator.port}") for word in command) for command in WRITING]
        self.sound = self.made_history()
        # What each command comes to on a sound history.
        self.codes: dict[tuple[str, ...], int | None] = {}
        trial = self.folder / "trial"
        trial.mkdir()
        for command in TELLING + READING + self.writing:
            history = History(setting.executable, trial, self.simulator.environment())
            recorded.copied(self.sound, history.database)
            self.codes[command] = history.run(*command).code
        self.logs = StaleLogs(History(setting.executable, trial, self.simulator.environment()), self.sound, self.folder)

    def made_history(self) -> pathlib.Path:
        """One with two days of hourly runs, and some of a vCenter that is there."""
        history = History(self.setting.executable, self.folder, self.simulator.environment())
        runs = [history.run("demo", "--vms", "30", "--days", "2", "--database", "history.db", seconds=300), history.run("collect"),
                history.run("collect", "--endpoint", "both")]
        if [run.code for run in runs] != [0, 0, 0]:
            raise RuntimeError(f"there is no history to damage: {runs}")
        return history.database

    def try_case(self, case: Case) -> None:
        history = History(self.setting.executable, case.folder, self.simulator.environment())
        source = case.source
        if source.random() < 0.05:
            mutation = self.logs.mixed(history.database, source)
        else:
            recorded.copied(self.sound, history.database)
            mutation = mutated(history.database, source)
        commands = [source.choice(TELLING), *source.sample(READING, 2), source.choice(self.writing)]
        for command in commands:
            run = history.run(*command, seconds=TIME_LIMIT)
            case.count("commands")
            case.count(f"times exit code {run.code}")
            case.measure("command, in s", run.seconds, mutation.what)
            for fault in [*run.faults(), *self.judged(case, command, run, mutation, history.database)]:
                case.find(f"{mutation.what}: {fault}")

    def judged(self, case: Case, command: tuple[str, ...], run: Run, mutation: Mutation, database: pathlib.Path) -> list[str]:
        if command == ("report", "--explain"):
            return []
        match mutation.outcome:
            case Outcome.REFUSED if run.code != 65:
                return [f"was taken for sound: {run}"]
            case Outcome.HARMLESS if run.code != self.codes[command]:
                return [f"was not taken for sound, which ends with {self.codes[command]}: {run}"]
            case Outcome.NO_FILE if run.code in (0, 4, 5) and command not in NEEDS_NO_FILE:
                return [f"reported on no history: {run}"]
        if run.code != 0 or command not in TELLING and command[0] != "collect":
            return []
        try:
            copy = recorded.copied(database, database.with_name("copy.db"))
            found = truth.untruths(command, run.output, copy) if command in TELLING else truth.collected(copy)
            if mutation.what.startswith("log:") and command in TELLING and truth.fingerprint(copy) not in self.logs.true:
                found.append("is of no time that ever was")
        except (truth.NotJudged, sqlite3.Error):
            case.count("that could not be judged")
            return []
        # What SQLite itself does not notice in the pages that a command reads is what the seals are for.
        if found and History(self.setting.executable, case.folder).run("verify", "--database", str(copy), seconds=TIME_LIMIT).code == 65:
            case.count("untruths that verify names")
            return []
        return [f"{fault}: {run}" for fault in found]
