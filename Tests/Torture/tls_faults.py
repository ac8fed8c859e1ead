"""Faults of TLS: nothing is sent to who cannot be trusted, what is no TLS is said to be none in one connect time-out, and a server that
drops handshakes is not called untrusted."""

import random
import shutil
import ssl
from dataclasses import dataclass

import recorded
from case import Case, Part, Setting
from certificates import LOCALHOST, Certificate, CertificateMaker
from history import History, Run
from misbehaving_proxy import MisbehavingProxy
from raw_servers import HANDSHAKES, NOT_TLS, RawServer
from simulator import Simulator

CONNECT_TIMEOUT = 2
GRACE = 5
"""Seconds for all beside the connection: start, the history, a busy machine."""

LEGACY = "ALL:@SECLEVEL=0"


@dataclass(frozen=True)
class Trial:
    name: str
    server: Certificate | str
    """A certificate to serve with, or the name of what else meets a connection."""
    is_accepted: bool = False
    context: ssl.SSLContext | None = None
    share: float = 1.0
    """Of the connections that meet it."""


def certificate_trials(maker: CertificateMaker, root: Certificate) -> list[Trial]:
    other = maker.authority("Another")
    between = maker.authority("Between", root)
    expired_between = maker.authority("Expired between", root, end="20210101000000Z")
    constrained = maker.authority("Constrained", root, "nameConstraints = critical, permitted;DNS:example.org")
    leaf = maker.make(by=root)
    refused = {
        "expired": maker.make(by=root, end="20210101000000Z"), "not yet valid": maker.make(by=root, begin="20480101000000Z"),
        "another host": maker.make("subjectAltName = DNS:example.org", root), "unknown authority": maker.make(by=other),
        "another that signed itself": maker.make(), "a name in CN alone": maker.make("basicConstraints = CA:FALSE", root),
        "wildcard": maker.make("subjectAltName = DNS:*.localhost, DNS:*", root), "address as a name": maker.make("subjectAltName = DNS:127.0.0.1", root),
        "for clients alone": maker.make(LOCALHOST + "\nextendedKeyUsage = clientAuth", root), "no intermediate": maker.make(by=between),
        "expired intermediate": maker.chain(maker.make(by=expired_between), expired_between),
        "signed by what is no authority": maker.chain(maker.make(by=leaf), leaf),
        "against name constraints": maker.chain(maker.make(by=constrained), constrained),
        "unknown critical extension": maker.make(LOCALHOST + "\n1.2.3.4.5 = critical, ASN1:UTF8String:x", root),
        "authority of the same name": maker.make(by=maker.authority("Root")), "of year 1951": maker.make(by=root, begin="19500101000000Z", end="19510101000000Z"),
    }
    # ECDSA is not defined with MD5.
    older = maker.authority("Older", root, key="rsa:2048")
    weak = {
        "MD5": maker.chain(maker.make(by=older, digest="md5"), older),
        "RSA of 512 bits": maker.make(by=root, key="rsa:512"),
    }
    accepted = {
        "P-384": maker.make(by=root, key="ec:secp384r1"), "P-521": maker.make(by=root, key="ec:secp521r1"), "RSA of 4096 bits": maker.make(by=root, key="rsa:4096"),
        "RSA, SHA-512": maker.make(by=root, key="rsa:2048", digest="sha512"), "intermediate": maker.chain(maker.make(by=between), between),
        "intermediate and root": maker.chain(maker.make(by=between), between, root), "chain in another order": maker.chain(maker.make(by=between), root, between),
        "chain of many": maker.chain(leaf, *[other] * 30), "until year 9999": maker.make(by=root, end="99991231235959Z"),
        "100 names": maker.make("subjectAltName = " + ", ".join([f"DNS:h{n}.example.org" for n in range(100)] + ["DNS:localhost"]), root),
        "TLS 1.2": leaf,
    }
    return [
        *(Trial(f"certificate: {name}", certificate) for name, certificate in refused.items()),
        *(Trial(f"certificate: {name}", certificate, context=certificate.context(ciphers=LEGACY)) for name, certificate in weak.items()),
        *(Trial(f"certificate: {name}", certificate, True, certificate.context(newest=ssl.TLSVersion.TLSv1_2) if name == "TLS 1.2" else None)
          for name, certificate in accepted.items()),
        Trial("protocol: TLS 1.0", leaf, context=leaf.context(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1, LEGACY)),
        Trial("protocol: TLS 1.1", leaf, context=leaf.context(ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1, LEGACY)),
        Trial("protocol: NULL cipher", leaf, context=leaf.context(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, "eNULL:@SECLEVEL=0")),
        Trial("protocol: anonymous", leaf, context=leaf.context(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, "aNULL:@SECLEVEL=0")),
        *(Trial(f"a fifth of the handshakes: {name}", name, name in ("close", "reset"), share=0.2) for name in ("close", "reset", "garbage", "stall")),
    ]


class TLSFaults(Part):
    name = "tls"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.simulator = Simulator(setting.executable, self.folder, 100, "5ms")
        self.closing.append(self.simulator.close)
        maker = CertificateMaker(self.folder)
        self.root = maker.authority("Root")
        self.leaf = maker.make(by=self.root)
        trials = certificate_trials(maker, self.root) + [Trial(f"handshake: {name}", name) for name in (*HANDSHAKES, *NOT_TLS)]
        self.trials = random.Random(setting.seed).sample(trials, len(trials))
        self.cases = len(trials)

    @staticmethod
    def hindrance() -> str | None:
        return None if shutil.which("openssl") else "there is no openssl"

    def try_case(self, case: Case) -> None:
        trial = self.trials[case.number - 1]
        if isinstance(trial.server, str) and trial.share == 1:
            self.try_raw(case, trial.server)
            return
        certificate = self.leaf if isinstance(trial.server, str) else trial.server
        with MisbehavingProxy(trial.context or certificate.context(), self.simulator.port, case.source) as proxy:
            if isinstance(trial.server, str):
                refusal = trial.server
                proxy.refuse = lambda: refusal if proxy.random.random() < trial.share else None
            run, history = self.collect(case, proxy.port, 16 if trial.share == 1 else 64)
            for fault in run.faults():
                case.find(f"{trial.name}: {fault}")
            if trial.share < 1:
                case.expect(not trial.is_accepted or run.code == 0, f"{trial.name}: polls are lost: {run}")
                case.expect("trusted" not in run.error, f"{trial.name}: a dropped handshake is called untrusted: {run}")
            elif trial.is_accepted:
                case.expect(run.code == 0, f"{trial.name}: refused, though govc takes it: {run}")
            else:
                case.expect(run.code == 69, f"{trial.name}: {run}")
                case.expect(not proxy.requests, f"{trial.name}: was sent {sum(proxy.requests.values())} requests: {run}")
            self.verify(case, trial.name, history)

    def try_raw(self, case: Case, name: str) -> None:
        with RawServer((HANDSHAKES | NOT_TLS)[name], self.leaf.context()) as server:
            run, history = self.collect(case, server.port, 16)
        for fault in run.faults():
            case.find(f"{name}: {fault}")
        case.expect(run.code == 69, f"{name}: {run}")
        case.expect("trusted" not in run.error, f"{name}: called untrusted: {run}")
        if name in NOT_TLS:
            case.expect("TLS" in run.error, f"{name}: it is not said that this is no TLS: {run}")
            case.expect(run.seconds < CONNECT_TIMEOUT + GRACE, f"{name}: took {run.seconds:.1f} s, with a connect time-out of {CONNECT_TIMEOUT}: {run}")
        case.expect(b"uthorization" not in server.received, f"{name}: was sent credentials")
        self.verify(case, name, history)

    def collect(self, case: Case, port: int, concurrency: int) -> tuple[Run, History]:
        history = History(self.setting.executable, case.folder, self.simulator.environment(port, self.root.path))
        run = history.run(
            "collect", "--timeout", "3s", "--connect-timeout", f"{CONNECT_TIMEOUT}s", "--run-timeout", "20s", "--concurrency", str(concurrency), seconds=60)
        case.count(f"times exit code {run.code}")
        case.measure("run, in s", run.seconds, self.trials[case.number - 1].name)
        return run, history

    @staticmethod
    def verify(case: Case, what: str, history: History) -> None:
        if recorded.has_tables(history.database):
            for fault in recorded.unsound(history.database):
                case.find(f"{what}: {fault}")
            for number in recorded.open_runs(history.database):
                case.find(f"{what}: run {number} is left open")
