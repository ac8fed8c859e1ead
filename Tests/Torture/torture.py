"""Runs the campaigns in turn until the time is up, says what was tried and what was found, and exits with 1 if anything was.

Usage: torture.py EXECUTABLE [SEED [MINUTES [CAMPAIGN...]]]. The same seed tries the same things in the same order, as far as the
machine's timing allows. Needs Python's standard library and openssl alone.
"""

import pathlib
import random
import sys
import tempfile
import time

from damage import Damage
from estate import server_certificate
from faults import Faults
from kills import Kills
from service import Service


class Setting:
    def __init__(self, executable, seed, folder):
        self.executable, self.seed, self.folder = pathlib.Path(executable).resolve(), seed, pathlib.Path(folder)
        self.context, self.certificate = server_certificate(folder)

    def random(self, name):
        return random.Random(f"{self.seed} {name}")

    def subfolder(self, name):
        folder = self.folder / name
        folder.mkdir()
        return folder


def main(executable, seed=1, minutes=5.0, *names):
    kinds = [kind for kind in (Kills, Damage, Faults, Service) if not names or kind.name in names]
    found = []
    with tempfile.TemporaryDirectory(prefix="history-torture-") as folder:
        setting = Setting(executable, int(seed), folder)
        campaigns = [kind(setting) for kind in kinds]
        end = time.monotonic() + float(minutes) * 60
        try:
            while time.monotonic() < end:
                for campaign in campaigns:
                    for finding in campaign.round():
                        found.append((campaign.name, finding))
                        print(f"{campaign.name}: {finding}", file=sys.stderr, flush=True)
                if names == ("service",):
                    time.sleep(1)
        finally:
            print(f"Seed {seed}, {minutes} minutes:")
            for campaign in campaigns:
                print(f"  {campaign.name}: {campaign.summary()}")
                campaign.close()
    print(f"  found: {len(found) or 'nothing'}")
    return 1 if found else 0


sys.exit(main(*sys.argv[1:]))
