"""Every fault of HTTP at every kind of request: every listed VM is polled once, no session is left, no secret gets out, and what is
recorded is what was answered."""

import pathlib
import random
from collections.abc import Callable

import recorded
from case import Case, Part, Setting
from certificates import self_signed
from history import History, Run
from misbehaving_proxy import MisbehavingProxy
from simulator import Simulator
from wire_faults import WIRE_FAULTS, WireFault

VMS = 40
RUN_TIMEOUT = 12
"""Seconds that a run has."""

GRACE = 6
"""Seconds that it may take to end after that, on a busy machine: it logs out and writes what it has."""

MOST_MEMORY_MIB = 128
MOST_CPU_SECONDS = 15
"""For 40 VMs, each of which may be answered by a bomb of 4 MiB, several times, on a debug build."""


def is_list(name: str) -> Callable[[str, str], bool]:
    return lambda method, target: method == "GET" and target.partition("?")[0] == f"/api/vcenter/{name}"


KINDS: dict[str, Callable[[str, str], bool]] = {
    "login": lambda method, target: method == "POST" and target == "/api/session",
    "log-out": lambda method, target: method == "DELETE",
    "about": lambda method, target: target.startswith("/sdk/vim25"),
    "SOAP": lambda method, target: target in ("/sdk", "/sdk/"),
    "list": is_list("vm"),
    "folder list": is_list("folder"),
    "host list": is_list("host"),
    "cluster list": is_list("cluster"),
    "datacenter list": is_list("datacenter"),
    "list of one host": lambda method, target: target.startswith("/api/vcenter/vm?") and target.endswith("hosts=host-12"),
    "identity": lambda method, target: method == "GET" and target.startswith("/api/vcenter/vm/") and "/guest/" not in target,
    "endpoint probe": lambda method, target: target.startswith("/api/vcenter/vm/vm-0/guest/"),
    "poll": lambda method, target: target.endswith("/guest/customization-live") and "/vm-0/" not in target,
}
BY_FILTER = {
    "folder list": "folders: [Linux, Windows]", "host list": "hosts: [esx-11.example.com, esx-12.example.com]",
    "cluster list": 'clusters: ["Compute 7", "Compute 8"]', "datacenter list": "datacenters: [Berlin, Zürich]",
}
"""Filters of the configuration, of names that the simulator has, that have these lists asked for."""

CAP = 4000
"""More VMs than vCenter lists at once, so that they are listed host by host."""

REPEATED = {"identity", "poll"}
ASKED_AGAIN = set(KINDS) - {"login", "log-out", "SOAP", "about", "endpoint probe"}
"""GETs that the polls depend on."""

PLAN = [(kind, fault) for kind in KINDS for fault in WIRE_FAULTS.values()]


class HTTPFaults(Part):
    name = "http"
    cases = len(PLAN)

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.plan = random.Random(setting.seed).sample(PLAN, len(PLAN))
        self.simulator = Simulator(setting.executable, self.folder, VMS)
        self.large = Simulator(setting.executable, setting.subfolder("http-large"), CAP + 100)
        self.closing += [self.simulator.close, self.large.close]
        self.certificate = self_signed(self.folder)

    def try_case(self, case: Case) -> None:
        kind, fault = self.plan[case.number - 1]
        often = case.source.choice(["once", "some", "always"] if kind in REPEATED else ["once", "always"])
        what = f"{fault.name!r} {often} at {kind}"
        simulator = self.large if kind == "list of one host" else self.simulator
        with MisbehavingProxy(self.certificate.context(), simulator.port, case.source) as proxy:
            proxy.choose = chooser(kind, fault, often, proxy)
            history = History(self.setting.executable, case.folder, self.simulator.environment(proxy.port, self.certificate.path))
            arguments = ["collect", "--timeout", "2s", "--connect-timeout", "2s", "--run-timeout", f"{RUN_TIMEOUT}s"]
            if kind == "list of one host":
                arguments += ["--vm", "vm-1*99"]
            if kind in BY_FILTER:
                arguments += ["--config", str(self.configuration(case.folder, proxy.port, BY_FILTER[kind]))]
            run = history.run(*arguments, seconds=60)
            case.count("faults that were met" if proxy.struck else "runs that did not come to the fault's request")
            case.measure("run, in s", run.seconds, what)
            case.measure("CPU, in s", run.cpu_seconds, what)
            case.measure("memory, in MiB", run.peak_mib, what)
            for fault_found in self.judged(run, kind, fault, often, proxy, history):
                case.find(f"{what}: {fault_found}")

    def configuration(self, folder: pathlib.Path, port: int, filters: str) -> pathlib.Path:
        password = folder / "password"
        password.write_text(self.simulator.password)
        password.chmod(0o600)
        file = folder / "config.yaml"
        file.write_text(
            f"vcenters:\n  - url: https://localhost:{port}\n    username: {self.simulator.user}\n    password_file: password\n"
            f"    ca_certificates: {self.certificate.path}\n    filters:\n      {filters}\n")
        return file

    def judged(self, run: Run, kind: str, fault: WireFault, often: str, proxy: MisbehavingProxy, history: History) -> list[str]:
        found = run.faults()
        if run.seconds > RUN_TIMEOUT + GRACE:
            found.append(f"took {run.seconds:.0f} s though the run had {RUN_TIMEOUT}: {run}")
        if run.cpu_seconds > MOST_CPU_SECONDS:
            found.append(f"took {run.cpu_seconds:.1f} s of CPU: {run}")
        if run.peak_mib > MOST_MEMORY_MIB:
            found.append(f"took {run.peak_mib:.0f} MiB of memory: {run}")
        if proxy.sessions and kind not in ("login", "log-out"):
            found.append(f"{len(proxy.sessions)} sessions are left: {run}")
        if proxy.struck and run.code != 0:
            if fault.is_harmless:
                found.append(f"an answer that can be read was not: {run}")
            elif fault.is_passing and often != "always" and kind in ASKED_AGAIN:
                found.append(f"a GET was not asked again: {run}")
        if kind == "list of one host" and fault.name.startswith(("403", "503")) and run.code not in (0, 3):
            found.append(f"one host's list cost the whole run: {run}")
        found += self.leaks(run, proxy, history)
        database = history.database
        if recorded.has_tables(database):
            found += recorded.unsound(database)
            found += [f"run {number} is left open: {run}" for number in recorded.open_runs(database)]
            outcomes = {row[0] for row in recorded.rows(database, "SELECT outcome FROM collection_run_history")}
            if run.code == 0 and outcomes != {"complete"}:
                found.append(f"all is well by the exit code, and the runs are {outcomes}: {run}")
            if run.code == 0 and kind == "poll" and often == "always" and fault.is_no_answer and proxy.struck:
                found.append(f"no poll got an answer, and all is well by the exit code: {run}")
        elif run.code in (0, 3):
            found.append(f"nothing is recorded: {run}")
        return found

    def leaks(self, run: Run, proxy: MisbehavingProxy, history: History) -> list[str]:
        """Secrets, without their last character too, in what was written and stored."""
        places = {"output": run.output.encode(), "errors": run.error.encode()}
        places |= {path.name: path.read_bytes() for path in history.folder.glob("history.db*")}
        secrets = {secret[:-1] for secret in proxy.secrets if len(secret) > 8} | {self.simulator.password.encode()[:-1]}
        return [f"a secret is in the {place}: {run}" for place, text in places.items() if any(secret in text for secret in secrets)]


def chooser(kind: str, fault: WireFault, often: str, proxy: MisbehavingProxy) -> Callable[[str, str], WireFault | None]:
    def choose(method: str, target: str) -> WireFault | None:
        if kind == "SOAP" and KINDS["about"](method, target):
            return NO_JSON
        if not KINDS[kind](method, target):
            return None
        if often == "once":
            return None if proxy.struck[fault.name] else fault
        return fault if often == "always" or proxy.random.random() < 0.2 else None
    return choose


NO_JSON = WIRE_FAULTS["404, a proxy's page"]
"""What is met by who asks an older vCenter for its content in JSON, so that SOAP is asked."""
