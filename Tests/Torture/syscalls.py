"""System calls that fail at the nth time, by strace: one line and an exit code of the contract, and a sound history that the next run
goes on with."""

import shutil
import subprocess

import recorded
from case import Case, Part, Setting
from history import History
from simulator import Simulator

ERRORS = {
    "openat": ["EMFILE", "ENFILE", "EACCES", "EIO", "ENOMEM", "EINTR", "EROFS"],
    "read": ["EIO", "EISDIR", "ESTALE"],
    "pread64": ["EIO", "EINTR"],
    "pwrite64": ["ENOSPC", "EIO", "EDQUOT", "EFBIG", "EINTR", "EROFS"],
    "fsync,fdatasync": ["EIO", "ENOSPC", "EDQUOT"],
    "ftruncate": ["EIO", "ENOSPC"],
    "fallocate": ["ENOSPC", "EOPNOTSUPP"],
    "fcntl": ["EAGAIN", "ENOLCK", "EINTR"],
    "flock": ["ENOLCK", "EINTR"],
    "fchmod,fchown": ["EPERM", "EROFS"],
    "newfstatat,fstat,statx": ["EIO", "EACCES", "ENOMEM"],
    "unlink": ["EIO", "EACCES"],
    "rename,renameat2": ["ENOSPC", "EXDEV", "EIO"],
    "mmap": ["ENOMEM", "EAGAIN"],
    "mprotect": ["ENOMEM"],
    "brk": ["ENOMEM"],
    "clone3,clone": ["EAGAIN", "ENOMEM"],
    "socket": ["EMFILE", "ENFILE", "ENOBUFS", "EAFNOSUPPORT"],
    "connect": ["ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "EADDRNOTAVAIL", "EINTR"],
    "setsockopt": ["ENOPROTOOPT", "EINVAL", "ENOMEM"],
    "recvfrom,recvmsg": ["ECONNRESET", "EINTR", "ENOMEM"],
    "sendto,sendmsg,writev": ["EPIPE", "ECONNRESET", "EINTR", "ENOBUFS"],
    "epoll_create1,eventfd2,timerfd_create": ["EMFILE", "ENOMEM"],
    "epoll_ctl": ["ENOMEM", "ENOSPC"],
    "epoll_wait,epoll_pwait": ["EINTR"],
    "getrandom": ["EINTR", "ENOSYS"],
    "prlimit64": ["EPERM"],
}
WRITERS = ["report --output report.html --format html", "metrics --output x.prom", "report --format json"]
WHEN = ["1", "2", "3", "5", "8", "13", "21", "34", "55", "1+", "4+", "30+", "2+7"]
PLAN = [("collect", calls, error, when) for calls, errors in ERRORS.items() for error in errors for when in WHEN]
# Where connections are, write also wakes their loops up, which cannot fail.
PLAN += [(command, "write", error, when) for command in WRITERS for error in ("ENOSPC", "EIO", "EDQUOT", "EINTR") for when in WHEN]

OF_THE_LOADER = {"mmap", "mprotect", "brk", "openat", "pread64", "newfstatat,fstat,statx"}
"""What the dynamic loader and the C library need before the program begins: their own end is as right as one of ours."""


class SystemCalls(Part):
    name = "syscalls"
    cases = len(PLAN)

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.simulator = Simulator(setting.executable, self.folder, 60)
        self.closing.append(self.simulator.close)

    @staticmethod
    def hindrance() -> str | None:
        if not shutil.which("strace"):
            return "there is no strace"
        trial = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "inject=getppid:error=EPERM", "true"], capture_output=True)
        return None if trial.returncode == 0 else f"strace may not trace here: {trial.stderr.decode().strip()[-100:]}"

    def try_case(self, case: Case) -> None:
        command, calls, error, when = PLAN[(case.number - 1) * 211 % len(PLAN)]
        what = f"{calls} failing by {error}, when={when}"
        history = History(self.setting.executable, case.folder, self.simulator.environment())
        is_second = command != "collect" or case.source.random() < 0.5
        if is_second:
            history.run("collect")
        before = recorded.polled_runs(history.database)
        trace = case.folder / "trace"
        # The runtime reads its own arguments from /proc, which cannot fail.
        only = ("-P", str(self.simulator.authority)) if calls == "read" else ()
        limits = ("--timeout", "3s", "--connect-timeout", "3s", "--run-timeout", "10s") if command == "collect" else ()
        run = history.run(
            *command.split(), *limits, seconds=30,
            wrapper=("strace", "-f", "-qq", "-o", str(trace), *only, "-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={when}"))
        # Eight bytes wake a thread up; a failure of that is none of the disk's.
        is_injected = any("(INJECTED)" in line and '", 8)' not in line for line in trace.read_text(errors="replace").splitlines())
        if not is_injected:
            case.count("calls that were never made so often")
        if self.ended_in_loader(calls, run.code, run.error):
            case.count("ends in the loader")
        else:
            case.count(f"times exit code {run.code}")
            for fault in run.faults():
                case.find(f"{what}: {fault}")
        if command != "collect":
            case.expect(run.code != 0 or not is_injected or error == "EINTR", f"{what}: what was not written passes for written: {run}")
            left = [path.name for path in case.folder.iterdir() if not path.name.startswith(("run-", "trace", "history.db", "report.html", "x.prom"))]
            case.expect(not left, f"{what}: {left} are left: {run}")
        elif run.code == 0:
            case.expect(recorded.polled_runs(history.database) == before + 1, f"{what}: exit code 0, and the run is not recorded: {run}")
        after = history.run("collect")
        case.expect(after.code == 0, f"{what}: the next run does not go on: {after} (before: {run})")
        for fault in recorded.unsound(history.database):
            case.find(f"{what}: {fault} (exit code {run.code})")
        for number in recorded.open_runs(history.database):
            case.find(f"{what}: run {number} is left open")

    @staticmethod
    def ended_in_loader(calls: str, code: int | None, said: str) -> bool:
        if calls not in OF_THE_LOADER:
            return False
        return code == 127 or code is not None and code != 0 and ("error while loading shared libraries" in said or not said and code in (-11, -6))
