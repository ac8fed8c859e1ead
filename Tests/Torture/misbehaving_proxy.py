"""A TLS server that passes requests on to a vCenter and lets some of them meet a fault. Written from RFC 9112 and from what servers
and proxies in the field do, not from our client."""

import asyncio
import gzip
import logging
import json
import random
import re
import ssl
import threading
import time
import zlib

logging.getLogger("asyncio").setLevel(logging.CRITICAL)


def answer(status, body=b"", headers=(), reason="Whatever"):
    lines = [f"HTTP/1.1 {status} {reason}", f"Content-Length: {len(body)}"] + [f"{n}: {v}" for n, v in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body


def vapi_error(kind, identifier, text, args=()):
    message = {"id": identifier, "default_message": text, "args": list(args)}
    return json.dumps({"error_type": kind, "messages": [message]}).encode()


def nested(depth, inner='"x"'):
    return ('{"status":"FAILED","error":{"id":"a","default_message":"b","args":[],"params":{"p":' + '{"l":{"id":"c","params":{"p":' * depth
            + '{"s":' + inner + "}" + "}}}" * depth + "}}}").encode()


STATUSES = [100, 101, 103, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 413, 418,
            421, 425, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 511, 520, 599]
BODIES = {
    "empty": b"", "html": b"<html><head><style>x{}</style></head><body><h1>Bad Gateway</h1></body></html>",
    "angles": b"<" * 200_000, "text": b"upstream connect error or disconnect/reset before headers", "null": b"null",
    "array": b"[]", "number": b"1e999", "cut json": b'{"status":"SUCC', "not utf-8": b'{"status":"RUNNING","error":"\xff\xfe"}',
    "nul": b'{"status":"RUN\x00NING"}', "nested": nested(2000), "deep array": b"[" * 100_000, "wide": nested(3) + b" " * 3_000_000,
    "vapi 503": vapi_error("SERVICE_UNAVAILABLE", "com.vmware.vapi.endpoint.serviceUnavailable", "Busy."),
    "vapi 401": vapi_error("UNAUTHENTICATED", "com.vmware.vapi.endpoint.method.authentication.required", "Authentication required."),
    "vapi 404": vapi_error("NOT_FOUND", "com.vmware.vapi.rest.httpNotFound", "Not found."),
    "escapes": b'{"error_type":"ERROR","messages":[{"id":"\\u001b]0;x","default_message":"\\u001b[31m\\u202e\\u009b2J","args":[]}]}',
    "duplicate keys": b'{"status":"RUNNING","status":"FAILED"}', "lone surrogate": b'{"status":"RUNNING","error":"\\ud800"}',
}


def wire_faults():
    """Name → function from (the proper answer's bytes, the random source) to the steps that are taken in its place."""
    faults = {}
    for status in STATUSES:
        for name, body in BODIES.items():
            faults[f"{status} {name}"] = lambda proper, r, s=status, b=body: [("write", answer(s, b))]
    for seconds in ("0", "1", "-5", "9999999999", "Fri, 31 Dec 9999 23:59:59 GMT", "soon"):
        for status in (429, 503):
            faults[f"{status} retry-after {seconds}"] = lambda proper, r, s=status, v=seconds: [
                ("write", answer(s, BODIES["vapi 503"], [("Retry-After", v)]))]
    for name, body in BODIES.items():
        faults[f"200 {name}"] = lambda proper, r, b=body: [("write", answer(200, b))]

    def with_body(change):
        def fault(proper, r):
            head, _, body = proper.partition(b"\r\n\r\n")
            return change(head, body, r)
        return fault

    def compressed(encoding, squeeze):
        return with_body(lambda head, body, r: [("write", re.sub(rb"(?i)content-length: \d+", b"Content-Length: %d\r\nContent-Encoding: %s" % (len(squeeze(body)), encoding), head) + b"\r\n\r\n" + squeeze(body))])

    bomb = gzip.compress(b" " * 50_000_000)
    raw = zlib.compressobj(wbits=-15)
    faults.update({
        "gzip": compressed(b"gzip", gzip.compress), "deflate": compressed(b"deflate", zlib.compress),
        "raw deflate": compressed(b"deflate", lambda b: (lambda c: c.compress(b) + c.flush())(zlib.compressobj(wbits=-15))),
        "gzip bomb": compressed(b"gzip", lambda b: bomb), "gzip that is none": compressed(b"gzip", lambda b: b),
        "gzip cut": compressed(b"gzip", lambda b: gzip.compress(b)[:-9]), "unknown coding": compressed(b"br", lambda b: b),
        "reset": lambda proper, r: [("reset", None)], "close": lambda proper, r: [("close", None)],
        "cut": lambda proper, r: [("write", proper[:r.randrange(len(proper))]), ("close", None)],
        "cut and reset": lambda proper, r: [("write", proper[:r.randrange(len(proper))]), ("reset", None)],
        "answer and close": lambda proper, r: [("write", proper), ("close", None)],
        "answer and reset": lambda proper, r: [("write", proper), ("reset", None)],
        "answer twice": lambda proper, r: [("write", proper + proper)],
        "slow": lambda proper, r: [("sleep", r.uniform(0.05, 1.5)), ("write", proper)],
        "drip": lambda proper, r: [step for piece in range(0, len(proper), 64) for step in (("write", proper[piece:piece + 64]), ("sleep", 0.01))],
        "hang": lambda proper, r: [("sleep", 600)],
        "garbage": lambda proper, r: [("write", r.randbytes(400)), ("close", None)],
        "HTTP/0.9": with_body(lambda head, body, r: [("write", body), ("close", None)]),
        "HTTP/1.0": lambda proper, r: [("write", proper.replace(b"HTTP/1.1", b"HTTP/1.0", 1)), ("close", None)],
        "no length": with_body(lambda head, body, r: [("write", re.sub(rb"(?i)content-length: \d+\r\n", b"", head) + b"\r\nConnection: close\r\n\r\n" + body), ("close", None)]),
        "length too long": with_body(lambda head, body, r: [("write", re.sub(rb"(?i)(content-length: )\d+", b"\\g<1>%d" % (len(body) + 10), head) + b"\r\n\r\n" + body), ("close", None)]),
        "length too short": with_body(lambda head, body, r: [("write", re.sub(rb"(?i)(content-length: )\d+", b"\\g<1>%d" % max(0, len(body) - 10), head) + b"\r\n\r\n" + body)]),
        "two lengths": lambda proper, r: [("write", proper.replace(b"\r\n", b"\r\nContent-Length: 3\r\n", 1)), ("close", None)],
        "chunked": with_body(lambda head, body, r: [("write", re.sub(rb"(?i)content-length: \d+", b"Transfer-Encoding: chunked", head) + b"\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + 50]), body[i:i + 50]) for i in range(0, len(body), 50)) + b"0\r\n\r\n")]),
        "bad chunk": with_body(lambda head, body, r: [("write", re.sub(rb"(?i)content-length: \d+", b"Transfer-Encoding: chunked", head) + b"\r\n\r\nzz\r\n" + body)]),
        "chunks without end": with_body(lambda head, body, r: [("write", re.sub(rb"(?i)content-length: \d+", b"Transfer-Encoding: chunked", head) + b"\r\n\r\n" + b"%x\r\n%s\r\n" % (len(body), body)), ("close", None)]),
        "large header": lambda proper, r: [("write", proper.replace(b"\r\n", b"\r\nX-Large: " + b"a" * 200_000 + b"\r\n", 1))],
        "many headers": lambda proper, r: [("write", proper.replace(b"\r\n", b"\r\n" + b"X-Many: 1\r\n" * 5000, 1))],
        "continue first": lambda proper, r: [("write", b"HTTP/1.1 100 Continue\r\n\r\n" + proper)],
        "redirect elsewhere": lambda proper, r: [("write", answer(302, b"", [("Location", "https://sso.example.org/login?x=\x1b[31m")]))],
        "echo": lambda proper, r: [("echo", None)],
    })
    return faults


class MisbehavingProxy:
    """Runs in a thread of its own. `choose(method, target)` names the fault that a request meets, or None."""

    def __init__(self, context, upstream_port, seed):
        self.context, self.upstream_port = context, upstream_port
        self.random = random.Random(seed)
        self.choose = lambda method, target: None
        self.refuse_connection = lambda: None
        self.faults = wire_faults()
        self.answered = []  # (instant, target) of each proper answer that was written whole
        self.struck = {}
        self.sessions = set()  # that the client was given and has not ended
        self.upstream = ssl.create_default_context()
        self.upstream.check_hostname = False
        self.upstream.verify_mode = ssl.CERT_NONE
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()

        async def serve():
            self.server = await asyncio.start_server(self.connection, "127.0.0.1", 0, backlog=512)
            self.port = self.server.sockets[0].getsockname()[1]
            ready.set()

        def loop():
            asyncio.set_event_loop(self.loop)
            self.loop.create_task(serve())
            self.loop.run_forever()

        self.thread = threading.Thread(target=loop, daemon=True)
        self.thread.start()
        ready.wait()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    async def connection(self, reader, writer):
        try:
            refusal = self.refuse_connection()
            if refusal == "close":
                return
            if refusal == "garbage":
                writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
                return
            if refusal == "stall":
                await asyncio.sleep(60)
                return
            await writer.start_tls(self.context)
            while await self.exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError, ConnectionError, RuntimeError):
            pass
        finally:
            writer.close()

    async def exchange(self, reader, writer):
        """One request and what it meets; whether the connection goes on."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        body = await reader.readexactly(int(length.group(1))) if length else b""
        method, target = head.split(b" ", 2)[:2]
        fault = self.choose(method.decode(), target.decode())
        proper = await self.forward(head, body)
        token = re.search(rb"(?i)vmware-api-session-id: (\S+)", head)
        if method == b"DELETE" and token:
            self.sessions.discard(token.group(1))
        if fault is None:
            if method == b"POST" and proper.startswith(b"HTTP/1.1 201"):
                self.sessions.add(proper.partition(b"\r\n\r\n")[2].strip(b'"'))
            writer.write(proper)
            await writer.drain()
            self.answered.append((time.monotonic(), target.decode()))
            return True
        self.struck[fault] = self.struck.get(fault, 0) + 1
        for step, value in self.faults[fault](proper, self.random):
            if step == "write":
                writer.write(value)
                await writer.drain()
            elif step == "sleep":
                await asyncio.sleep(value)
            elif step == "echo":
                writer.write(answer(500, vapi_error("ERROR", "echo", head.decode("latin-1"))))
            elif step == "reset":
                writer.transport.abort()
                return False
            elif step == "close":
                return False
        return True

    async def forward(self, head, body):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream_port, ssl=self.upstream, limit=1 << 26)
        try:
            writer.write(head + body)
            answer_head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", answer_head)
            return answer_head + (await reader.readexactly(int(length.group(1))) if length else b"")
        finally:
            writer.close()
