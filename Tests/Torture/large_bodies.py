"""A vCenter whose answers are as large as they can be, for scripts/benchmark-collect: large_bodies.py VMS KIND CERTIFICATE_OUT.

Kinds: `cut` (more bytes than are taken in), `text` (one long message), `values` (as many values as fit), `gzip` (a bomb), `list` (a
list of VMs that is as long as one may be). Prints its port, and serves until it is ended.
"""

import gzip
import http.server
import json
import pathlib
import sys
import tempfile

from certificates import self_signed

MOST = 1024 * 1024
"""Bytes of an answer about one VM that `history` takes in."""
MOST_OF_A_LIST = 4 * 1024 * 1024


def filled(before: str, piece: str, after: str, size: int) -> bytes:
    """JSON text of just under `size` bytes."""
    count = (size - len(before) - len(after)) // len(piece)
    return (before + (piece * count).rstrip(",") + after).encode()


def answer(kind: str) -> tuple[bytes, dict[str, str]]:
    error = '{"status":"FAILED","end_time":"2026-11-01T00:00:00Z","error":{"id":"a","default_message":"%s","args":[%s]}}'
    text = error % ("|", "")
    if kind == "cut":
        return filled('{"status":"', "x", '"}', 4 * MOST), {}
    if kind == "text":
        return filled(*(text.split("|")[0], "w ", text.split("|")[1]), MOST - 16), {}
    if kind == "values":
        before, after = (error % ("m", "|")).split("|")
        return filled(before, '"",', after, MOST - 16), {}
    if kind == "gzip":
        return gzip.compress(b" " * 64 * MOST), {"Content-Encoding": "gzip"}
    return b'{"status":"NOT_AVAILABLE"}', {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    listing = b""
    body, headers_of_body = b"", {}

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/api/session":
            self.reply(201, b'"0123456789abcdef0123456789abcdef"', {})
        else:
            self.reply(404, b"", {})

    def do_DELETE(self) -> None:
        self.reply(204, b"", {})

    def do_GET(self) -> None:
        if "vmware-api-session-id" not in self.headers:
            self.reply(401, b"", {})
        elif self.path.startswith("/api/vcenter/vm/") and "/guest/" in self.path:
            self.reply(200, self.body, self.headers_of_body)
        elif self.path.split("?")[0] == "/api/vcenter/vm":
            self.reply(200, self.listing, {})
        else:
            error = {"error_type": "NOT_FOUND", "messages": [{"id": "com.vmware.api.vcenter.vm.not_found", "default_message": "no", "args": []}]}
            self.reply(404, json.dumps(error).encode(), {})

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


def main(vms: str, kind: str, certificate_out: str) -> None:
    Handler.body, Handler.headers_of_body = answer(kind)
    if kind == "list":
        Handler.listing = filled("[", '{"vm":"vm-1"},', "]", MOST_OF_A_LIST - 16)
    else:
        Handler.listing = json.dumps([{"vm": f"vm-{number}", "name": f"vm {number}"} for number in range(1, int(vms) + 1)]).encode()
    with tempfile.TemporaryDirectory() as folder:
        certificate = self_signed(pathlib.Path(folder))
        context = certificate.context()
        pathlib.Path(certificate_out).write_bytes(certificate.path.read_bytes())
    server = Server(("127.0.0.1", 0), Handler)
    # The handshake is made by the connection's own thread.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main(*sys.argv[1:])
