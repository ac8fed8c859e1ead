"""Certificates that are right, and wrong in each way that a client has to notice, made by openssl."""

import pathlib
import ssl
import subprocess
from dataclasses import dataclass

CONFIG = """
[ca]
default_ca = it
[it]
new_certs_dir = .
database = index.txt
serial = serial
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = req
"""
LOCALHOST = "subjectAltName = DNS:localhost, IP:127.0.0.1"


@dataclass(frozen=True)
class Certificate:
    """Paths of PEM files; `path` may hold a chain."""

    path: pathlib.Path
    key: pathlib.Path

    def context(self, oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
                ciphers: str | None = None) -> ssl.SSLContext:
        """A server's, which lets weak keys and digests pass where `ciphers` does."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if ciphers:
            context.set_ciphers(ciphers)
        context.minimum_version, context.maximum_version = oldest, newest
        context.load_cert_chain(self.path, self.key)
        return context


class CertificateMaker:
    """Makes certificates in a folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        (folder / "config").write_text(CONFIG)
        (folder / "index.txt").write_text("")
        (folder / "serial").write_text("1000\n")
        self.count = 0

    def openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)

    def make(self, extensions: str = LOCALHOST, by: Certificate | None = None, key: str = "ec:prime256v1", digest: str = "sha256",
             begin: str = "20200101000000Z", end: str = "20491231235959Z", subject: str = "/CN=localhost", *options: str) -> Certificate:
        """`by` signs it; it signs itself where that is None. `key`: `ec:CURVE`, `rsa:BITS` or an algorithm."""
        self.count += 1
        name = str(self.count)
        made = Certificate(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        algorithm, _, size = key.partition(":")
        parameter = {"ec": f"ec_paramgen_curve:{size}", "rsa": f"rsa_keygen_bits:{size}"}.get(algorithm)
        self.openssl("genpkey", "-algorithm", algorithm, *(["-pkeyopt", parameter] if parameter else []), "-out", made.key.name)
        own_digest = "null" if algorithm == "ed25519" else digest
        self.openssl("req", "-new", "-config", "config", "-key", made.key.name, "-subj", subject, "-out", f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(extensions + "\n")
        signer = ["-selfsign", "-keyfile", made.key.name] if by is None else ["-cert", str(by.path), "-keyfile", str(by.key)]
        signer_digest = own_digest if by is None else digest
        self.openssl(
            "ca", "-batch", "-notext", "-config", "config", *signer, "-md", "default" if signer_digest == "null" else signer_digest, "-startdate",
            begin, "-enddate", end, "-extfile", f"{name}.ext", "-in", f"{name}.csr", "-out", made.path.name, *options)
        made.path.chmod(0o644)
        return made

    def authority(self, name: str, by: Certificate | None = None, more: str = "", end: str = "20491231235959Z",
                  key: str = "ec:prime256v1") -> Certificate:
        extensions = f"basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign, cRLSign\nsubjectKeyIdentifier = hash\n{more}"
        return self.make(extensions, by, key, end=end, subject=f"/CN={name}")

    def chain(self, leaf: Certificate, *others: Certificate) -> Certificate:
        self.count += 1
        path = self.folder / f"chain-{self.count}.pem"
        path.write_text("".join(certificate.path.read_text() for certificate in (leaf, *others)))
        return Certificate(path, leaf.key)


def self_signed(folder: pathlib.Path) -> Certificate:
    """One for localhost that is its own authority."""
    return CertificateMaker(folder).make()
