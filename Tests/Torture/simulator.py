"""The vCenter that the parts poll: `history simulate`, in a process of its own."""

import pathlib
import re
import subprocess


class Simulator:
    """Runs until it is closed."""

    password = "Tórture/päss:word"
    user = "administrator@vsphere.local"

    def __init__(self, executable: pathlib.Path, folder: pathlib.Path, vms: int, latency: str = "0ms", *options: str) -> None:
        self.authority = folder / "simulator.pem"
        self.process = subprocess.Popen(
            [executable, "simulate", "--vms", str(vms), "--latency", latency, "--certificate-out", self.authority, *options],
            env={"PATH": "/usr/bin:/bin", "SIMULATOR_PASSWORD": self.password}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = self.read_port()
        self.authority.chmod(0o644)

    def read_port(self) -> int:
        assert self.process.stdout is not None
        port = 0
        for line in self.process.stdout:
            words = re.match(rb"export GOVC_URL='?https://localhost:(\d+)", line)
            if words:
                port = int(words[1])
            if b"GOVC_TLS_CA_CERTS" in line:
                return port
        raise RuntimeError("history simulate did not start")

    def environment(self, port: int | None = None, authority: pathlib.Path | None = None) -> dict[str, str]:
        """What a shell set up for govc has; of a proxy's port and authority where they are given."""
        return {
            "GOVC_URL": f"https://localhost:{port or self.port}", "GOVC_USERNAME": self.user, "GOVC_PASSWORD": self.password,
            "GOVC_TLS_CA_CERTS": str(authority or self.authority),
        }

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
