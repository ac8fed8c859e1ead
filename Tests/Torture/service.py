"""A service of `--every 1s` beside a server that misbehaves at random: memory, descriptors and sessions stay flat."""

import os
import pathlib
import subprocess
import time

from estate import History, Simulator
from misbehaving_proxy import MisbehavingProxy


class Service:
    name = "service"

    def __init__(self, setting):
        self.random, self.folder = setting.random("service"), setting.subfolder("service")
        self.simulator = Simulator(setting.executable, self.folder, 60, setting.seed, "1ms")
        self.proxy = MisbehavingProxy(setting.context, self.simulator.port, setting.seed)
        faults = [fault for fault in self.proxy.faults if fault not in ("hang", "200 wide")]
        self.proxy.choose = lambda method, target: self.random.choice(faults) if self.random.random() < 0.01 else None
        self.history = History(setting.executable, self.folder, self.simulator.environment(self.proxy.port, setting.certificate))
        self.arguments = ("collect", "--every", "1s", "--timeout", "2s", "--run-timeout", "5s", "--database", str(self.folder / "service.db"), "--quiet")
        log = open(self.folder / "service.log", "wb")
        self.process = subprocess.Popen(
            [self.history.executable, *self.arguments], cwd=self.folder, env=self.history.environment, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log)
        self.began = time.monotonic()
        self.samples = []
        self.told = False

    def round(self):
        """A look; the service itself goes on beside the other campaigns."""
        if self.process.poll() is not None:
            if not self.told:
                self.told = True
                yield f"the service ended with {self.process.returncode} after {time.monotonic() - self.began:.0f} s"
            return
        self.samples.append((time.monotonic() - self.began, *self.look()))

    def look(self):
        folder = pathlib.Path(f"/proc/{self.process.pid}")
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        return int(status["VmRSS"].split()[0]) / 1024, len(os.listdir(folder / "fd")), int(status["Threads"])

    def summary(self):
        if not self.samples:
            return "no look was had"
        tenth = max(1, len(self.samples) // 10)
        first, last = self.samples[: 2 * tenth][-1], self.samples[-1]
        return (f"{self.samples[-1][0]:.0f} s of service: {first[1]:.0f} to {last[1]:.0f} MiB, {first[2]} to {last[2]} descriptors,"
                f" {first[3]} to {last[3]} threads between a fifth of the time and the end")

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.simulator.close()
        self.proxy.close()
