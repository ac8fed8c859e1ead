"""The simulated vCenter that the campaigns run against, and `history` run as cron would run it."""

import os
import pathlib
import re
import signal
import ssl
import subprocess
import time

ALLOWED_EXITS = {0, 3, 4, 5, 64, 65, 69, 71, 73, 74, 75, 77, 78}
"""Exit codes that the contract knows; 70 is a fault of the program, and a negative number a signal that ended it."""


class Run:
    """How a run of `history` ended. `code` is negative where a signal ended it, None where it hung and was killed."""

    def __init__(self, arguments, code, seconds, output, error):
        self.arguments, self.code, self.seconds, self.output, self.error = arguments, code, seconds, output, error

    @property
    def fault(self):
        """What no run may do; None if it did none of it."""
        if self.code is None:
            return "hung"
        if self.code < 0:
            return f"was ended by signal {-self.code}"
        if self.code not in ALLOWED_EXITS:
            return f"exited with {self.code}"
        for control in re.findall(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", self.output + self.error):
            return f"printed the control character U+{ord(control):04X}"
        return None

    def __str__(self):
        return f"history {' '.join(self.arguments)}: {self.fault or self.code}: {self.error[-300:].strip()}"


class History:
    """The executable, with the environment that a shell set up for govc would give it."""

    def __init__(self, executable, folder, environment=None):
        self.executable, self.folder = str(executable), pathlib.Path(folder)
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no", **(environment or {})}

    def start(self, *arguments, limits=None):
        return subprocess.Popen(
            [self.executable, *arguments], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=limits)

    def run(self, *arguments, seconds=60, limits=None):
        process = self.start(*arguments, limits=limits)
        return self.finish(process, arguments, seconds)

    @staticmethod
    def finish(process, arguments, seconds=60):
        began = time.monotonic()
        try:
            output, error = process.communicate(timeout=seconds)
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, error = process.communicate()
            code = None
        text = [stream.decode("utf-8", "replace") for stream in (output, error)]
        return Run(arguments, code, time.monotonic() - began, *text)


class Simulator:
    """`history simulate`, until it is closed."""

    def __init__(self, executable, folder, vms, seed, latency="2ms"):
        self.authority = str(pathlib.Path(folder) / f"ca-{vms}-{seed}.pem")
        self.password = "Tórture/päss:word"
        self.process = subprocess.Popen(
            [str(executable), "simulate", "--vms", str(vms), "--seed", str(seed), "--latency", latency, "--certificate-out",
             self.authority],
            env={"PATH": "/usr/bin:/bin", "SIMULATOR_PASSWORD": self.password}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = None
        for line in self.process.stdout:
            words = re.match(rb"export GOVC_URL='?https://localhost:(\d+)", line)
            if words:
                self.port = int(words.group(1))
            if b"GOVC_TLS_CA_CERTS" in line:
                break
        if self.port is None:
            raise RuntimeError("history simulate did not start")

    def environment(self, port=None, authority=None):
        return {
            "GOVC_URL": f"https://localhost:{port or self.port}", "GOVC_USERNAME": "administrator@vsphere.local",
            "GOVC_PASSWORD": self.password, "GOVC_TLS_CA_CERTS": authority or self.authority,
        }

    def close(self):
        self.process.terminate()
        self.process.wait()


def server_certificate(folder):
    """A certificate and key for localhost, self-signed, by openssl; returns a server's TLS context and the certificate's path."""
    certificate, key = pathlib.Path(folder) / "proxy.pem", pathlib.Path(folder) / "proxy.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out",
         str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, str(certificate)
