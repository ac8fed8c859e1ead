#!/usr/bin/env python3
"""Prints the copyright file of the Debian package: copyright.py REPOSITORY CHECKOUTS

It is packaging/debian/copyright.in followed by the licences of the packages that SwiftPM fetched into the folder CHECKOUTS, and their notices.
"""
import json
import pathlib
import sys


def text_of(folder, names):
    """The text of the first of these files that exists; empty if none does."""
    for name in names:
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8").strip()
    return ""


def indented(text):
    return "\n".join(("  " + line).rstrip() for line in text.split("\n"))


def entry(pin, folder):
    """What is said about one package."""
    licence = text_of(folder, ["LICENSE", "LICENSE.txt", "LICENSE.md"])
    if not licence:
        sys.exit(f"copyright.py: error: no licence in {folder}; build first, so that SwiftPM fetches the packages")
    heading = f"{folder.name} {pin['state'].get('version', '')}, {pin['location']}: "
    if "Apache License" not in licence:
        return heading + "\n\n" + indented(licence) + "\n"
    exception = " with the Runtime Library Exception" if "Runtime Library Exception" in licence else ""
    notice = text_of(folder, ["NOTICE.txt", "NOTICE"])
    return heading + "Apache-2.0" + exception + (", with this notice:\n\n" + indented(notice) if notice else "") + "\n"


def main():
    root, checkouts = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    text = (root / "packaging/debian/copyright.in").read_text(encoding="utf-8")
    print(text.replace("@LICENSE@", (root / "LICENSE").read_text(encoding="utf-8").strip()))
    for pin in json.loads((root / "Package.resolved").read_text(encoding="utf-8"))["pins"]:
        name = pin["location"].rstrip("/").split("/")[-1].removesuffix(".git")
        print(entry(pin, checkouts / name))


if __name__ == "__main__":
    main()
