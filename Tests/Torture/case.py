"""What a part of the torture is, and what one case of it may do: draw from its own seed, write to its own folder, tell what it found."""

import abc
import pathlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass
class Case:
    """One case. Everything that it draws comes from the seed, the part and its number, so that it can be tried again alone."""

    part: str
    number: int
    seed: str
    folder: pathlib.Path
    findings: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    highest: dict[str, tuple[float, str]] = field(default_factory=dict)
    source: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.source = random.Random(f"{self.seed} {self.part} {self.number}")

    def find(self, finding: object) -> None:
        self.findings.append(str(finding))

    def expect(self, holds: bool, finding: object) -> None:
        if not holds:
            self.find(finding)

    def count(self, what: str, times: int = 1) -> None:
        """Adds to a figure of the part's summary."""
        self.tally[what] += times

    def measure(self, what: str, value: float, of: str = "") -> None:
        """Has the part's summary tell the highest of all such values, and what it was the value of."""
        if what not in self.highest or value > self.highest[what][0]:
            self.highest[what] = (value, of)


@dataclass(frozen=True)
class Setting:
    """What all parts share: the executable, the seed, and a folder for each part."""

    executable: pathlib.Path
    seed: str
    folder: pathlib.Path

    def subfolder(self, name: str) -> pathlib.Path:
        folder = self.folder / name
        folder.mkdir(mode=0o755)
        return folder


class Part(abc.ABC):
    """A kind of torture. Cases of one part may run at once, in threads: they share nothing that they change."""

    name: ClassVar[str]
    cases: int | None = None
    """How many different cases there are; None: as many as the time allows."""
    at_once: ClassVar[int | None] = None
    """How many cases are tried at once; None: as many as there are processors."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.folder = setting.subfolder(self.name)
        self.closing: list[Callable[[], None]] = []

    @staticmethod
    def hindrance() -> str | None:
        """Why this part cannot run on this machine; None if it can."""
        return None

    @abc.abstractmethod
    def try_case(self, case: Case) -> None:
        """Tries one case. An exception from here counts as a finding: the harness could not judge."""

    def conclude(self, case: Case) -> None:
        """Judges of all cases together, in the end."""

    def close(self) -> None:
        for close in reversed(self.closing):
            close()
