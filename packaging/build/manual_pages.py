#!/usr/bin/env python3
"""Writes a man page for each command from its help: history --experimental-dump-help | manual_pages.py VERSION FOLDER

The dump is ArgumentParser's, so a page says what --help says. The date of the pages is that of SOURCE_DATE_EPOCH, or today.
"""
import datetime
import json
import os
import pathlib
import re
import sys


def escaped(text):
    """Text that roff shows as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\n".join("\\&" + line if line.startswith((".", "\\(aq")) else line for line in text.split("\n"))


def prose(text):
    """Text whose `words` in backticks are in bold."""
    parts = re.split(r"`([^`\n]+)`", text)
    return "".join("\\fB" + escaped(part) + "\\fR" if index % 2 else escaped(part) for index, part in enumerate(parts))


def is_option(argument):
    return argument["kind"] != "positional"


def spelling(argument):
    """An option or an operand as it is typed."""
    value = "\\fI" + escaped(argument.get("valueName", "value")) + "\\fR"
    if not is_option(argument):
        return value
    names = ["\\fB" + escaped(("--" if name["kind"] == "long" else "-") + name["name"]) + "\\fR" for name in argument["names"]]
    return ", ".join(names) + (" " + value if argument["kind"] == "option" else "")


def usage(command):
    """What follows the name of a command in its synopsis."""
    shown = [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]
    words = ["[\\fIoption\\fR]..."] if any(map(is_option, shown)) else []
    for argument in shown:
        if not is_option(argument):
            word = spelling(argument) + ("..." if argument["isRepeating"] else "")
            words.append(f"[{word}]" if argument["isOptional"] else word)
    if subcommands(command):
        words.append("\\fIcommand\\fR")
    return " ".join(words)


def description(argument):
    """What is said about an argument, with its default and its possible values."""
    text = argument.get("abstract", "")
    if argument.get("discussion"):
        text += " " + argument["discussion"]
    facts = []
    if "defaultValue" in argument:
        facts.append("default: " + argument["defaultValue"])
    if argument.get("allValues"):
        facts.append("values: " + ", ".join(argument["allValues"]))
    return prose(text + (f" ({'; '.join(facts)})" if facts else ""))


def sections(discussion):
    """The discussion: a line in capitals is a heading, and indented lines stay as they are."""
    lines, literal = [], False
    for line in discussion.split("\n"):
        indented = line.startswith(" ")
        if literal and not indented:
            lines.append(".EE")
            literal = False
        if re.fullmatch(r"[A-Z][A-Z ]+", line):
            lines.append(".SH " + line)
        elif indented:
            if not literal:
                lines.append(".EX")
                literal = True
            lines.append(escaped(line))
        elif not line:
            lines.append(".PP")
        else:
            lines.append(prose(line))
    if literal:
        lines.append(".EE")
    # A paragraph before a heading or at the end is none.
    return [line for line, after in zip(lines, lines[1:] + [".SH"]) if line != ".PP" or not after.startswith((".SH", ".PP"))]


def subcommands(command):
    return [each for each in command.get("subcommands", []) if each["shouldDisplay"] and each["commandName"] != "help"]


def page(command, names, version, date):
    """The page of the command that is called by these names, such as customization-history and report."""
    title = "-".join(names)
    lines = [
        f'.TH "{escaped(title.upper())}" 1 "{date}" "customization\\-history {escaped(version)}" "User Commands"',
        ".SH NAME", f"{escaped(title)} \\- " + prose(command["abstract"].split("\n")[0].rstrip(".")),
        ".SH SYNOPSIS", f".B {escaped(' '.join(names))}", usage(command),
    ]
    if command.get("discussion"):
        text = sections(command["discussion"])
        lines += [".SH DESCRIPTION"] * (not text[0].startswith(".SH")) + text
    shown = [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]
    for heading, arguments in (
        ("OPERANDS", [each for each in shown if not is_option(each)]), ("OPTIONS", [each for each in shown if is_option(each)]),
    ):
        lines += [f".SH {heading}"] * bool(arguments)
        for argument in arguments:
            lines += [".TP", spelling(argument), description(argument)]
    related = ["-".join(names[:-1])] if len(names) > 1 else []
    if subcommands(command):
        lines.append(".SH COMMANDS")
    for each in subcommands(command):
        lines += [".TP", f"\\fB{escaped('-'.join(names + [each['commandName']]))}\\fR(1)", prose(each["abstract"])]
    if related:
        lines += [".SH SEE ALSO", ",\n".join(f"\\fB{escaped(name)}\\fR(1)" for name in related)]
    return "\n".join(lines) + "\n"


def write(command, names, version, date, folder):
    (folder / ("-".join(names) + ".1")).write_text(page(command, names, version, date), encoding="utf-8")
    for each in subcommands(command):
        write(each, names + [each["commandName"]], version, date, folder)


def main():
    version, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.datetime.now(datetime.timezone.utc)
    date = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc) if epoch else now
    command = json.load(sys.stdin)["command"]
    write(command, [command["commandName"]], version, date.strftime("%Y-%m-%d"), folder)


if __name__ == "__main__":
    main()
