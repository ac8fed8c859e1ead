"""Alterations of a history, which `history verify` and the second checker must both name."""

import pathlib
import subprocess
import sys

import recorded
from alterations import ALTERATIONS, DERIVED, SEALED, contents
from case import Case, Part, Setting
from history import History
from simulator import Simulator

ROOT = pathlib.Path(__file__).parents[2]


class Evidence(Part):
    name = "evidence"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        simulator = Simulator(setting.executable, self.folder, 30)
        self.closing.append(simulator.close)
        history = History(setting.executable, self.folder, simulator.environment())
        commands = [
            ("demo", "--vms", "30", "--days", "2", "--database", "history.db"), ("collect",), ("collect", "--vm", "vm-1001"),
            ("vcenter", "rename", "simulated", "renamed"), ("collect", "--endpoint", "both")]
        other = [("demo", "--vms", "10", "--days", "1", "--database", "other.db"), ("merge", "other.db", "--yes"), ("collect",)]
        self.sound = []
        pruned = [("prune", "--before", "1d", "--yes")]
        # As one collector recorded it, with another one's history merged into it, and then with its old polls removed.
        for name, more in (("plain", commands), ("merged", other), ("pruned", pruned)):
            if any(history.run(*command, seconds=300).code for command in more):
                raise RuntimeError("there is no history to alter")
            sound = recorded.copied(history.database, self.folder / f"{name}.db")
            head = self.folder / f"{name}.txt"
            head.write_text(history.run("head").output)
            self.sound.append((sound, head, {kind: contents(sound, tables) for kind, tables in (("sealed", SEALED), ("derived", DERIVED))}))
            for verdict in self.verdicts(history, sound, head):
                if verdict[0] != 0:
                    raise RuntimeError(f"the history is not sound: {verdict}")

    def try_case(self, case: Case) -> None:
        history = History(self.setting.executable, case.folder)
        sound, head, before = case.source.choice(self.sound)
        recorded.copied(sound, history.database)
        what = f"{sound.stem}: {case.source.choice(ALTERATIONS)(history.database, case.source)}"
        altered = {kind for kind, tables in (("sealed", SEALED), ("derived", DERIVED)) if contents(history.database, tables) != before[kind]}
        (code, said), (second, its) = self.verdicts(history, history.database, head)
        case.count("alterations" if altered else "that changed nothing recorded")
        case.expect(code in ((65,) if altered else (0, 65)), f"{what}: verify ends with {code}, saying: {said}")
        case.expect(second in ((65,) if "sealed" in altered else (0, 65)), f"{what}: the second checker ends with {second}, saying: {its}")
        case.expect(code == 65 or second == 0, f"{what}: only the second checker finds {its}")
        case.expect(code != 65 or bool(said.strip()), f"{what}: verify names nothing")

    def verdicts(self, history: History, database: pathlib.Path, head: pathlib.Path) -> list[tuple[int | None, str]]:
        run = history.run("verify", "--database", str(database), "--expect", str(head))
        second = subprocess.run(
            [sys.executable, "-B", ROOT / "docs/check_history.py", database, "--expect", head, "--migrations", ROOT / "migrations"],
            capture_output=True, text=True, errors="replace", timeout=60)
        return [(run.code, run.error or run.output), (second.returncode, second.stdout + second.stderr)]
