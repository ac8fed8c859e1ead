"""A file system that is full: exit code 74, which says so, and nothing lost once there is room."""

import pathlib
import shutil
import subprocess

import recorded
from case import Case, Part, Setting
from history import History
from simulator import Simulator

SCRIPT = r"""
    set -u; history=$0 first=$1 size=$2 vms=$3 folder=$4
    mkdir -p "$folder"
    mount -t tmpfs -o size=64m none "$folder" || exit 99
    export CUSTOMIZATION_HISTORY_DATABASE=$folder/history.db TMPDIR=$folder
    [ "$first" = no ] || { "$history" collect --vm 'vm-1*5' >/dev/null 2>&1; }
    used=$(du -sk "$folder" | cut -f 1)
    mount -o remount,size=$((used + size))k "$folder" || exit 99
    "$history" collect >"$vms/full.out" 2>"$vms/full.err"; echo "full $?"
    "$history" report --format json >"$vms/report.json" 2>"$vms/report.err"; echo "report $?"
    "$history" report --format html --output "$folder/report.html" 2>"$vms/html.err"; echo "html $?"
    "$history" metrics --output "$folder/x.prom" 2>"$vms/prom.err"; echo "metrics $?"
    ls "$folder" >"$vms/left"
    mount -o remount,size=64m "$folder" && "$history" collect 2>"$vms/roomy.err"; echo "roomy $?"
    cp "$folder"/history.db* "$vms"
"""


class FullDisk(Part):
    name = "full-disk"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.simulator = Simulator(setting.executable, self.folder, 400)
        self.closing.append(self.simulator.close)

    @staticmethod
    def hindrance() -> str | None:
        if not shutil.which("unshare"):
            return "there is no unshare (util-linux)"
        trial = subprocess.run(["unshare", "--mount", "--map-root-user", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
        return None if trial.returncode == 0 else f"no file system of one's own may be mounted here: {trial.stderr.decode().strip()[-100:]}"

    def try_case(self, case: Case) -> None:
        size = case.source.choice([case.source.randrange(0, 64), case.source.randrange(64, 2000)])
        has_history = case.source.choice(["yes", "no"])
        mounted = case.folder / "small"
        history = History(pathlib.Path("/usr/bin/unshare"), case.folder, self.simulator.environment())
        run = history.run(
            "--mount", "--map-root-user", "sh", "-c", SCRIPT, str(self.setting.executable), has_history, str(size), str(case.folder), str(mounted),
            seconds=120)
        what = f"{size} KiB left{'' if has_history == 'yes' else ', no history yet'}"
        said = {name: (case.folder / f"{name}.err").read_text() for name in ("full", "report", "html", "prom", "roomy")
                if (case.folder / f"{name}.err").exists()}
        codes = dict(line.split(" ", 1) for line in run.output.splitlines() if " " in line)
        if run.code is None or len(codes) < 5:
            case.find(f"{what}: the script did not go to its end: {run}")
            return
        case.count(f"times exit code {codes['full']}")
        case.expect(codes["full"] in ("0", "73", "74"), f"{what}: collect → {codes['full']}: {said['full'][-300:]}")
        if codes["full"] in ("73", "74"):
            case.expect("full" in said["full"] or "space" in said["full"].lower(), f"{what}: collect does not say why: {said['full']}")
        for name in ("report", "html", "metrics"):
            case.expect(codes[name] in ("0", "5", "64", "65", "73", "74"), f"{what}: {name} → {codes[name]}: {said}")
        if codes["html"] in ("73", "74"):
            left = (case.folder / "left").read_text().split()
            case.expect(not [name for name in left if "html" in name or "prom" in name and codes["metrics"] != "0"], f"{what}: parts of a file are left: {left}")
        case.expect(codes["roomy"] == "0", f"{what}: with room again, collect → {codes['roomy']}: {said['roomy'][-300:]}")
        self.verify(case, what)

    @staticmethod
    def verify(case: Case, what: str) -> None:
        database = case.folder / "history.db"
        for fault in recorded.unsound(database):
            case.find(f"{what}: {fault}")
        for number in recorded.open_runs(database):
            case.find(f"{what}: run {number} is left open")
