"""Runs the parts in turn, says in the end what was tried and what was found, and exits with 1 if anything was.

A part that could not run, or was not tried as often as was asked for, makes the exit status 2. Needs Python's standard library alone;
some parts need openssl, strace or libfaketime.
"""

import concurrent.futures
import os
import pathlib
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from case import Case, Part, Setting
from parts import PARTS, Choice, chosen

MOST_SHOWN = 4
"""Findings of one case: the rest are mostly the same of other commands."""

USAGE = f"""\
usage: scripts/torture [SEED [MINUTES [PART...]]]

SEED      what is tried follows from it (1)
MINUTES   for all parts together; a part whose cases are all tried leaves its time to the next ones (10)
PART      {" ".join(PARTS)}
          damage     this part, and no others but those that are named
          damage=20  its first 20 cases
          damage:17  its case 17 alone
          no-damage  not this part
          short      some cases of each part, as scripts/test tries them
"""


@dataclass
class Account:
    """What became of one part."""

    name: str
    tried: int = 0
    cases: int | None = None
    seconds: float = 0
    hindrance: str | None = None
    is_short: bool = False
    findings: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    highest: dict[str, tuple[float, str]] = field(default_factory=dict)

    def add(self, case: Case) -> None:
        self.tried += 1
        self.findings += len(case.findings)
        self.tally += case.tally
        for what, value in case.highest.items():
            self.highest[what] = max(self.highest.get(what, value), value)

    def lines(self) -> list[str]:
        if self.hindrance:
            return [f"{self.name}: NOT RUN: {self.hindrance}"]
        of = f" of {self.cases}" if self.cases else ""
        found = f"{self.findings} FOUND" if self.findings else "nothing found"
        short = ", FEWER THAN ASKED FOR" if self.is_short else ""
        return [
            f"{self.name}: {self.tried}{of} cases in {self.seconds:.0f} s{short}: {found}",
            *(["    " + ", ".join(f"{times} {what}" for what, times in sorted(self.tally.items()))] if self.tally else []),
            *(f"    highest {what}: {value:.2f}" + (f" ({of})" if of else "") for what, (value, of) in sorted(self.highest.items())),
        ]


def try_one(part: Part, number: int) -> Case:
    folder = part.folder / str(number)
    folder.mkdir(mode=0o755)
    case = Case(part.name, number, part.setting.seed, folder)
    try:
        part.try_case(case)
    except Exception:  # what the harness did not expect is no proof that all is well
        case.find(f"the harness could not judge: {traceback.format_exc(limit=-3)}")
    if not case.findings:
        shutil.rmtree(folder, ignore_errors=True)
    return case


def run_part(kind: type[Part], setting: Setting, choice: Choice, seconds: float) -> Account:
    account = Account(kind.name, hindrance=kind.hindrance())
    if account.hindrance:
        return account
    began = time.monotonic()
    try:
        part = kind(setting)
    except Exception:
        account.hindrance = f"it could not be prepared: {traceback.format_exc(limit=-3)}"
        return account
    account.cases = part.cases
    try:
        for case in tried(part, choice, began + seconds):
            account.add(case)
            tell(case)
        conclusion = Case(part.name, 0, setting.seed, part.folder)
        part.conclude(conclusion)
        account.findings += len(conclusion.findings)
        account.highest |= conclusion.highest
        tell(conclusion)
    finally:
        part.close()
    account.seconds = time.monotonic() - began
    account.is_short = choice.count is not None and account.tried < choice.count
    return account


def tried(part: Part, choice: Choice, deadline: float) -> Iterator[Case]:
    """The cases as they end; none is begun after the deadline."""
    numbers = choice.numbers(part.cases)
    at_once = part.at_once or os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        running: set[concurrent.futures.Future[Case]] = set()
        while True:
            while len(running) < at_once and time.monotonic() < deadline and (number := next(numbers, None)) is not None:
                running.add(pool.submit(try_one, part, number))
            if not running:
                return
            done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            yield from (future.result() for future in done)


def tell(case: Case) -> None:
    left_out = len(case.findings) - MOST_SHOWN
    for finding in case.findings[:MOST_SHOWN] + ([f"and {left_out} more"] if left_out > 0 else []):
        print(f"{case.part}:{case.number}: {finding}\n    again: scripts/torture {case.seed} 10 {case.part}:{case.number}"
              f"    files: {case.folder}", file=sys.stderr, flush=True)


def main(executable: str, seed: str = "1", minutes: str = "10", *words: str) -> int:
    choices = chosen(words)
    end = time.monotonic() + float(minutes) * 60
    folder = pathlib.Path(tempfile.mkdtemp(prefix="history-torture-"))
    folder.chmod(0o755)
    setting = Setting(pathlib.Path(executable).resolve(), seed, folder)
    accounts = []
    for position, (kind, choice) in enumerate(choices):
        share = (end - time.monotonic()) / (len(choices) - position)
        accounts.append(run_part(kind, setting, choice, share))
        print("\n".join(accounts[-1].lines()), file=sys.stderr, flush=True)
    found = sum(account.findings for account in accounts)
    lacking = [account.name for account in accounts if account.hindrance or account.is_short or not account.tried]
    print(f"Seed {seed}: {sum(account.tried for account in accounts)} cases, {found or 'nothing'} found"
          + (f"; not as asked: {', '.join(lacking)}" if lacking else ""))
    for account in accounts:
        print("\n".join("  " + line for line in account.lines()))
    if found:
        print(f"The files of what was found are in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 2 if lacking else 0


if __name__ == "__main__":
    if len(sys.argv) < 2 or {"-h", "--help"} & set(sys.argv[2:]):
        print(USAGE)
        sys.exit(64 if len(sys.argv) < 2 else 0)
    try:
        sys.exit(main(*sys.argv[1:]))
    except ValueError as error:
        print(f"torture: {error}\n\n{USAGE}", file=sys.stderr)
        sys.exit(64)
