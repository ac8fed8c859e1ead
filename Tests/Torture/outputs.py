"""Standard streams that are closed, full or gone, at every subcommand: a collection is made all the same, what could not be written is
said by the exit code, and no stream's number becomes the history's."""

import hashlib
import os
import signal

import recorded
from case import Case, Part, Setting
from history import History, Run
from simulator import Simulator

COMMANDS = [
    ("collect",), ("collect", "--verbose"), ("collect", "--log-format", "json", "--verbose"), ("collect", "--vm", "nothing-of-that-name"),
    ("report", "--since", "30d"), ("report", "--format", "json"), ("report", "--format", "csv"), ("report", "--format", "markdown"),
    ("report", "--format", "html"), ("report", "--explain"), ("report", "--schema"), ("report", "--only", "nothing"), ("report", "--output", "report.txt"),
    ("show", "vm-1001"), ("show", "vm-1001", "--format", "json"), ("show", "no-such-vm"), ("runs",), ("runs", "--format", "json"),
    ("metrics",), ("metrics", "--output", "history.prom"), ("explain",), ("explain", "perl-missing"), ("vcenter", "list"), ("config", "check"),
    ("config", "check", "--log-in"), ("shell-init", "bash"), ("--help",), ("--version",), ("no-such-command",), ("report", "--database", "none.db"),
    ("demo", "--vms", "5", "--days", "1", "--database", "demo.db"),
]
STREAMS = ["closed", "full", "without a reader", "well"]
PLAN = [(command, output, error) for command in COMMANDS for output in STREAMS for error in STREAMS if (output, error) != ("well", "well")]

REDIRECTIONS = {"closed": "{}>&-", "full": "{}>/dev/full", "well": ""}


class Outputs(Part):
    name = "outputs"
    cases = len(PLAN)

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.simulator = Simulator(setting.executable, self.folder, 20)
        self.closing.append(self.simulator.close)
        self.sound = History(setting.executable, self.folder, self.simulator.environment())
        made = self.sound.run("collect")
        if made.code != 0:
            raise RuntimeError(f"there is no history to read: {made}")

    def try_case(self, case: Case) -> None:
        # Neighbours in the plan are of one command; a short slice is to meet many.
        command, output, error = PLAN[(case.number - 1) * 101 % len(PLAN)]
        history = History(self.setting.executable, case.folder, self.simulator.environment())
        recorded.copied(self.sound.database, history.database)
        before = digest(history)
        streams = [output, error]
        redirections = " ".join(REDIRECTIONS.get(stream, "").format(number) for number, stream in enumerate(streams, 1))
        dead_reader, dead = os.pipe()
        os.close(dead_reader)
        run = history.start(
            *command, wrapper=("sh", "-c", f'exec "$0" "$@" {redirections}'), output=dead if output == "without a reader" else None,
            error=dead if error == "without a reader" else None).end(60)
        os.close(dead)
        what = f"output {output}, errors {error}"
        case.count(f"times exit code {run.code}")
        for fault in self.judged(run, command, output, error, history, before):
            case.find(f"{what}: {fault}")

    @staticmethod
    def judged(run: Run, command: tuple[str, ...], output: str, error: str, history: History, before: bytes) -> list[str]:
        is_collection = command[0] == "collect"
        # A reader who has gone ends a program that only reads, as it does `cat`; and who can hear nothing is told nothing.
        may_end_by = () if is_collection or "without a reader" not in (output, error) else (-signal.SIGPIPE, 128 + signal.SIGPIPE)
        found = [fault for fault in run.faults(may_end_by) if error == "well" or "said nothing" not in fault]
        found += recorded.unsound(history.database)
        if is_collection:
            expected = {3, 64} if "--vm" in command else {0}
            if run.code not in expected:
                found.append(f"a dead stream cost the collection: {run}")
            if "--vm" not in command and recorded.polled_runs(history.database) != 2:
                found.append(f"the collection is not recorded: {run}")
            found += [f"run {number} is left open: {run}" for number in recorded.open_runs(history.database)]
        elif digest(history) != before:
            found.append(f"what only reads changed the history: {run}")
        if output == "full" and run.code == 0 and not is_collection and "--output" not in command:
            found.append(f"what could not be written passes for written: {run}")
        return found


def digest(history: History) -> bytes:
    return hashlib.sha256(history.database.read_bytes()).digest()
