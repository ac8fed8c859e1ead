#!/usr/bin/env python3
"""Prints the Debian changelog: debian_changelog.py CHANGELOG.md REVISION MAINTAINER

A heading of CHANGELOG.md is "## VERSION (DATE)"; its changes are "- " items. What is not released has no version and is left out.
"""
import datetime
import email.utils
import pathlib
import re
import sys
import textwrap


def main():
    path, revision, maintainer = sys.argv[1:]
    releases = re.split(r"^## ", pathlib.Path(path).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for release in releases:
        heading, changes = release.split("\n", 1)
        match = re.fullmatch(r"([0-9.]+) \((\d{4}-\d\d-\d\d)\)", heading)
        if not match:
            continue
        date = datetime.datetime.fromisoformat(match[2] + "T00:00:00+00:00")
        print(f"customization-history ({match[1]}-{revision}) stable; urgency=medium\n")
        for change in re.split(r"^- ", changes.strip(), flags=re.MULTILINE)[1:]:
            print(textwrap.fill(" ".join(change.split()), 78, initial_indent="  * ", subsequent_indent="    "))
        print(f"\n -- {maintainer}  {email.utils.format_datetime(date)}\n")


if __name__ == "__main__":
    main()
