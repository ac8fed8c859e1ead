"""`history` run as cron would run it, and what no run of it may do, whatever it meets."""

import itertools
import os
import pathlib
import re
import resource
import select
import shlex
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import IO

CONTRACT = {0, 3, 4, 5, 64, 65, 69, 71, 73, 74, 75, 77, 78}
"""The exit codes that the README names, without 70, which is a fault of the program."""

UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]|\r(?!\n)")
"""What may drive a terminal or turn its text around."""

BUILD_PATH = re.compile(r"\w\.swift:\d+|/\.build/checkouts/")
"""Where the sources lay when it was built, as crashes and libraries tell it."""


def own_memory(usage: resource.struct_rusage) -> int:
    """The peak memory of a process that ended, in KiB; 0 if it is not known: Linux also counts what this one had when it started it."""
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage.ru_maxrss if usage.ru_maxrss > ours else 0


@dataclass(frozen=True)
class Run:
    """How a run ended. `code` is negative where a signal ended it, and None where it did not end and was killed."""

    arguments: tuple[str, ...]
    code: int | None
    seconds: float
    cpu_seconds: float
    peak_mib: float
    output: str
    error: str

    def faults(self, may_end_by: tuple[int, ...] = ()) -> list[str]:
        """What no run may do. `may_end_by`: exit codes, or negative signal numbers, that are right beside those of the contract."""
        found = []
        if self.code is None:
            found.append(f"did not end within {self.seconds:.0f} s")
        elif self.code not in may_end_by:
            if self.code < 0:
                found.append(f"was ended by {signal.Signals(-self.code).name}")
            elif self.code not in CONTRACT:
                found.append(f"exited with {self.code}")
            elif self.code not in (0, 3, 4, 5) and not self.error.strip():
                found.append(f"exited with {self.code} and said nothing")
        for stream, text in (("output", self.output), ("errors", self.error)):
            control = UNCLEAN.search(text)
            if control:
                found.append(f"wrote U+{ord(control[0]):04X} to its {stream}")
        path = BUILD_PATH.search(self.error)
        if path:
            found.append(f"told of the machine that built it: {path[0]}")
        return [f"{fault}: {self}" for fault in found]

    def __str__(self) -> str:
        said = self.error.strip()
        text = f"history {shlex.join(self.arguments)[:300]} → {self.code}" + (f", saying: {said[-300:]}" if said else "")
        return UNCLEAN.sub(lambda match: f"\\u{{{ord(match[0]):x}}}", text)


class Running:
    """A run under way, in a session of its own. What it writes goes to files of its case's folder."""

    def __init__(self, history: "History", arguments: tuple[str, ...], wrapper: tuple[str, ...], environment: dict[str, str],
                 output: IO[bytes] | int | None, error: IO[bytes] | int | None) -> None:
        self.arguments = arguments
        stem = history.folder / f"run-{next(history.numbers)}"
        self.files = [pathlib.Path(f"{stem}.{name}") for name in ("stdout", "stderr")]
        self.began = time.monotonic()
        with self.files[0].open("wb") as own_output, self.files[1].open("wb") as own_error:
            self.process = subprocess.Popen(
                [*wrapper, history.executable, *arguments], cwd=history.folder, env={**history.environment, **environment},
                stdin=subprocess.DEVNULL, stdout=own_output if output is None else output,
                stderr=own_error if error is None else error, start_new_session=True)
        self.pid = self.process.pid
        self.descriptor = os.pidfd_open(self.pid)

    def has_ended(self, within: float = 0) -> bool:
        """Waits so many seconds at most."""
        return bool(select.select([self.descriptor], [], [], within)[0])

    def send(self, number: int) -> None:
        """To the process and all that it started."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def end(self, seconds: float) -> Run:
        """Waits for its end, and makes one when `seconds` are over."""
        hung = not self.has_ended(seconds)
        if hung:
            self.send(signal.SIGKILL)
        _, status, usage = os.wait4(self.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        os.close(self.descriptor)
        output, error = (file.read_bytes().decode("utf-8", "replace") for file in self.files)
        return Run(
            self.arguments, None if hung else self.process.returncode, time.monotonic() - self.began,
            usage.ru_utime + usage.ru_stime, own_memory(usage) / 1024, output, error)


class History:
    """The executable with an environment that holds what is said here and nothing else."""

    def __init__(self, executable: pathlib.Path, folder: pathlib.Path, environment: dict[str, str] | None = None) -> None:
        self.executable, self.folder = str(executable), folder
        self.numbers = itertools.count(1)
        self.environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
            # Where an instrumented build would put its line coverage: the files of a case are its own.
            "LLVM_PROFILE_FILE": "/dev/null",
            "CUSTOMIZATION_HISTORY_DATABASE": str(folder / "history.db"), **(environment or {}),
        }

    @property
    def database(self) -> pathlib.Path:
        return pathlib.Path(self.environment["CUSTOMIZATION_HISTORY_DATABASE"])

    def start(self, *arguments: str, wrapper: tuple[str, ...] = (), environment: dict[str, str] | None = None,
              output: IO[bytes] | int | None = None, error: IO[bytes] | int | None = None) -> Running:
        return Running(self, arguments, wrapper, environment or {}, output, error)

    def run(self, *arguments: str, seconds: float = 60, wrapper: tuple[str, ...] = (),
            environment: dict[str, str] | None = None) -> Run:
        return self.start(*arguments, wrapper=wrapper, environment=environment).end(seconds)
