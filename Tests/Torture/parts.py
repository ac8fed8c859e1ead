"""The parts in the order in which they run, and which of them a command line asks for."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from arguments import Arguments
from case import Part
from clocks import Clocks
from damage import Damage
from evidence import Evidence
from full_disk import FullDisk
from http_faults import HTTPFaults
from kills import Kills
from limits import Limits
from outputs import Outputs
from prunes import Prunes
from service import Service
from syscalls import SystemCalls
from tls_faults import TLSFaults

PARTS: dict[str, type[Part]] = {
    part.name: part
    for part in (Kills, Prunes, Damage, Evidence, HTTPFaults, TLSFaults, SystemCalls, Limits, FullDisk, Arguments, Clocks, Outputs, Service)
}

SHORT = ("kills=1", "prunes=1", "damage=30", "evidence=200", "http=30", "tls=16", "syscalls=12", "limits=10", "full-disk=2", "arguments=40", "clocks=4", "outputs=31", "service=5")
"""A minute of all parts, for the tests."""


@dataclass(frozen=True)
class Choice:
    """Which cases of a part: all (`count` and `only` are None), the first so many, or one."""

    count: int | None = None
    only: int | None = None

    def numbers(self, cases: int | None) -> Iterator[int]:
        if self.only is not None:
            return iter([self.only])
        every: Iterable[int] = itertools.count(1) if cases is None else range(1, cases + 1)
        return itertools.islice(every, self.count)


def chosen(words: tuple[str, ...]) -> list[tuple[type[Part], Choice]]:
    """What the words ask for; of two words about one part the later counts.

    Raises ValueError for a word that names no part.
    """
    words = tuple(itertools.chain.from_iterable(SHORT if word == "short" else (word,) for word in words))
    left_out = {word.removeprefix("no-") for word in words if word.startswith("no-")}
    asked: dict[str, Choice] = {}
    for word in words:
        name, separator, number = word.replace(":", "=", 1).partition("=")
        if word.startswith("no-"):
            continue
        if not separator:
            asked[name] = Choice()
        elif ":" in word:
            asked[name] = Choice(only=int(number))
        else:
            asked[name] = Choice(count=int(number))
    asked = asked or {name: Choice() for name in PARTS}
    for name in set(asked) | left_out:
        if name not in PARTS:
            raise ValueError(f"there is no part {name}")
    return [(PARTS[name], choice) for name, choice in asked.items() if name not in left_out]
