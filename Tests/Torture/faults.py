"""Faults of HTTP and TLS at every kind of request: no crash, no hang, every listed VM polled once, no session left behind."""

import sqlite3

from estate import History, Simulator
from misbehaving_proxy import MisbehavingProxy

KINDS = {
    "login": lambda method, target: method == "POST" and target == "/api/session",
    "log-out": lambda method, target: method == "DELETE",
    "list": lambda method, target: target.startswith("/api/vcenter/vm") and "/guest/" not in target and len(target.split("/")) == 4,
    "identity": lambda method, target: target.startswith("/api/vcenter/vm/") and "/guest/" not in target,
    "poll": lambda method, target: target.endswith("/guest/customization-live"),
    "about": lambda method, target: target.startswith("/sdk"),
    "connection": None,
}


class Faults:
    name = "faults"
    vms = 40

    def __init__(self, setting):
        self.random, self.folder = setting.random("faults"), setting.subfolder("faults")
        self.simulator = Simulator(setting.executable, self.folder, self.vms, setting.seed, "0ms")
        self.proxy = MisbehavingProxy(setting.context, self.simulator.port, setting.seed)
        self.history = History(setting.executable, self.folder, self.simulator.environment(self.proxy.port, setting.certificate))
        self.plan = [(kind, fault) for kind in KINDS if KINDS[kind] for fault in self.proxy.faults]
        self.plan += [("connection", fault) for fault in ("close", "garbage", "stall")]
        self.random.shuffle(self.plan)
        self.tried = 0
        self.slowest = (0.0, "")

    def round(self):
        kind, fault = self.plan[self.tried % len(self.plan)]
        share = self.random.choice([0.1, 0.5, 1.0])
        self.tried += 1
        source = self.random.random
        self.proxy.refuse_connection = lambda: None
        self.proxy.choose = lambda method, target: None
        if kind == "connection":
            self.proxy.refuse_connection = lambda: fault if source() < share else None
        else:
            matches = KINDS[kind]
            self.proxy.choose = lambda method, target: fault if matches(method, target) and source() < share else None
        self.proxy.sessions.clear()
        database = str(self.folder / f"faults-{self.tried % 4}.db")
        run = self.history.run(
            "collect", "--database", database, "--timeout", "2s", "--connect-timeout", "2s", "--run-timeout", "20s", seconds=60)
        what = f"{fault!r} at {share:.0%} of {kind} requests"
        if run.seconds > self.slowest[0]:
            self.slowest = (run.seconds, what)
        if run.fault:
            yield f"{what}: {run}"
        if run.seconds > 40:
            yield f"{what}: took {run.seconds:.0f} s though the run had 20"
        if self.proxy.sessions and kind not in ("log-out", "connection"):
            yield f"{what}: {len(self.proxy.sessions)} sessions are left"
        yield from self.verify(database, what, run)

    def verify(self, database, what, run):
        try:
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
                row = db.execute(
                    "SELECT run_id, outcome, vms, polls FROM collection_run_history ORDER BY run_id DESC LIMIT 1").fetchone()
                if row is None:
                    return
                stored = db.execute("SELECT count(*) FROM poll_history WHERE run_id = ?", (row[0],)).fetchone()[0]
                leaked = db.execute(
                    "SELECT count(*) FROM poll_history WHERE error_message LIKE '%Basic %' OR error_message LIKE ?",
                    (f"%{self.simulator.password}%",)).fetchone()[0]
        except sqlite3.OperationalError:
            return  # nothing was made
        if row[1] == "running":
            yield f"{what}: the run is left open (exit {run.code})"
        if row[1] in ("complete", "partial") and row[2] != stored:
            yield f"{what}: {row[2]} VMs listed, {stored} polls, and called {row[1]}"
        if row[3] != stored:
            yield f"{what}: the run says {row[3]} polls, and there are {stored}"
        if run.code == 0 and row[1] != "complete":
            yield f"{what}: exit 0, and the run is {row[1]}"
        if leaked or self.simulator.password in run.error + run.output:
            yield f"{what}: the password shows"

    def summary(self):
        return (f"{self.tried} faults of {len(self.plan)} ({sum(self.proxy.struck.values())} times struck);"
                f" the slowest run took {self.slowest[0]:.1f} s ({self.slowest[1]})")

    def close(self):
        self.simulator.close()
        self.proxy.close()
