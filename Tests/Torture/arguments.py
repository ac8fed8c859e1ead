"""Lists of arguments made from the program's own description of them, with hostile values: no crash, no hang, exit code 64 or the
right one, and nothing raw on the terminal."""

import json
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from case import Case, Part, Setting
from history import History

NUMBERS = ["0", "-0", "-1", "1", "+1", "00", "1e3", "0x10", "1_000", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
           "99999999999999999999999999", "1.5", "NaN", "inf", "-inf", "5%", "101", "100", "0.0000001", "1e308", "1e309", "\u0661\u0662", "\uff11"]
TIMES = ["7d", "0s", "-1d", "1d12h", "999999999999w", "9223372036854775807d", "1m1m", "d", "yesterday", "tomorrow", "now", "2026-11-01",
         "2026-02-30", "2026-13-01", "0000-01-01", "9999-12-31T23:59:59.999Z", "10000-01-01", "-0001-01-01", "2026-11-01T24:00", "2016-12-31T23:59:60Z",
         "2026-03-29 02:30 CET", "2026-11-01 08:00:00+99:99", "2026-11-01T08:00:30.123456789123456789Z", "1e9", "5m", "1ns", "1us", "0.1ms", "1 h"]
WORDS = ["", " ", "-", "--", "---", "-x", "--no-such-option", "x", "vm-1001", "web-*", "*", "[", "[a", "[!]", "\\", "**" * 500, "a" * 100_000, "%s%n%x", "$(id)",
         "`id`", "'", '"', ";", "=cmd|' /C calc'!A0", "\x1b[31mred", "\x1b]0;title\x07", "\x9b2J", "\u202eevil", "\u2028", "\u200f", "\U000e0041", "\n", "\r",
         "\t", "line\nline", "e\u0301", "\udcff", "\udc80\udcfe", "💥", "all", "json", "JSON", "table", "customization-live", "both", "failing", "worst"]
PATHS = ["", ".", "..", "missing/x", "folder", "folder/", "history.db/x", "n" * 300, ("d/" * 2500) + "x", "new\nline", "\x1b[2J.db", "file:history.db?mode=memory",
         ":memory:", "~", "-", "history.db", "text.txt", "loop", "dangling", "\udcff.db", "./history.db", "config.yaml", "x.prom"]
URLS = ["localhost:1", "https://localhost:1/sdk", "http://localhost:1", "https://user:pass@localhost:1", "https://[::1]:1", "https://[fe80::1%25lo]:1",
        "ftp://x", "https://", "//", "localhost:99999", "localhost:-1", "localhost:1?x#y", "https://xn--/", "ho st", "127.1:1", "\x1b[31m:1", "a" * 10_000]
EVERY = NUMBERS + TIMES + WORDS + PATHS

UNBOUNDED = {("simulate",), ("collect",), ("demo",)}
"""Commands that may go on for as long as they were told to: they are stopped."""


@dataclass(frozen=True)
class Command:
    path: tuple[str, ...]
    arguments: list[dict[str, Any]]


def commands(description: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[Command]:
    """The command and its subcommands, from what --experimental-dump-help prints."""
    yield Command(path, description.get("arguments", []))
    for subcommand in description.get("subcommands", []):
        if subcommand["commandName"] != "help":
            yield from commands(subcommand, (*path, subcommand["commandName"]))


class Arguments(Part):
    name = "arguments"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        history = History(setting.executable, self.folder)
        self.commands = list(commands(json.loads(history.run("--experimental-dump-help").output)["command"]))
        made = history.run("demo", "--vms", "5", "--days", "1", "--quiet", "--database", "history.db")
        if made.code != 0:
            raise RuntimeError(f"there is no history to read: {made}")

    def try_case(self, case: Case) -> None:
        source = case.source
        command = source.choice(self.commands)
        arguments = self.drawn(source, command)
        for name in ("folder", "config.yaml", "text.txt"):
            path = case.folder / name
            path.mkdir() if name == "folder" else path.write_text(source.choice(["", "a: b\n", "vcenters: [{url: x}]\n", "\x00\x1b"]))
        (case.folder / "loop").symlink_to("loop")
        (case.folder / "dangling").symlink_to("nowhere/x")
        (case.folder / "history.db").write_bytes((self.folder / "history.db").read_bytes())
        environment = {} if source.random() < 0.5 else {
            "GOVC_URL": source.choice(URLS).replace("\x00", ""), "GOVC_USERNAME": "u", "GOVC_PASSWORD": source.choice(["p", "\x1b[31m", "/etc/shadow/x"]),
            "TZ": source.choice(["UTC", "Europe/Berlin", "No/Where", ":", "\x1b"]), "LC_ALL": source.choice(["C", "C.UTF-8", "de_DE.UTF-8"])}
        running = History(self.setting.executable, case.folder).start(*arguments, environment=environment)
        may_end_by: tuple[int, ...] = (0,)
        if command.path in UNBOUNDED and not running.has_ended(3):
            running.send(signal.SIGTERM)
            case.count("stopped")
            may_end_by = (128 + signal.SIGTERM, -signal.SIGTERM)
        run = running.end(20)
        case.count(f"times exit code {run.code}")
        case.measure("run, in s", run.seconds, str(run)[:100])
        for fault in run.faults(may_end_by):
            case.find(fault)
        if "--no-such-option" in arguments[:arguments.index("--")] if "--" in arguments else "--no-such-option" in arguments:
            case.expect(run.code in (64, 0), f"an option that is none was taken: {run}")

    def drawn(self, source: random.Random, command: Command) -> list[str]:
        """A subcommand with some of its options, or with some that it does not have."""
        arguments = list(command.path)
        own = [argument for argument in command.arguments if argument["kind"] in ("option", "positional", "flag")]
        for argument in source.sample(own, source.randint(0, min(5, len(own)))):
            if argument["kind"] == "positional":
                arguments.append(self.value(source, argument))
                continue
            preferred = argument["preferredName"]
            name = ("-" if preferred["kind"] == "short" else "--") + preferred["name"]
            if name in ("--help", "--version") and source.random() < 0.9:
                continue
            arguments += [name] if argument["kind"] == "flag" else source.choice([
                [name, self.value(source, argument)], [f"{name}={self.value(source, argument)}"], [name, self.value(source, argument)]])
        for _ in range(source.choice([0, 0, 0, 1, 2])):
            arguments.insert(source.randint(0, len(arguments)), source.choice(WORDS))
        return arguments

    @staticmethod
    def value(source: random.Random, argument: dict[str, Any]) -> str:
        if argument.get("allValues") and source.random() < 0.6:
            return str(source.choice(argument["allValues"]))
        shown = f"{argument.get('valueName')} {argument.get('preferredName', {}).get('name')}"
        if "file" in shown or "database" in shown:
            return source.choice(PATHS)
        if "url" in shown or "server" in shown:
            return source.choice(URLS)
        if any(word in shown for word in ("time", "since", "until", "interval", "after")):
            return source.choice(TIMES + NUMBERS)
        if any(word in shown for word in ("concurrency", "limit", "rows", "rate", "vms", "days", "seed", "port", "count")):
            return source.choice(NUMBERS)
        return source.choice(EVERY)
