"""Answers that are none, or not quite: what servers, proxies and attackers send in place of an answer."""

import base64
import gzip
import json
import random
import re
import urllib.parse
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

RESET: Literal["reset"] = "reset"
CLOSE: Literal["close"] = "close"
Step = bytes | float | Literal["reset", "close"]
"""Bytes to write, seconds to wait, or an end of the connection."""


@dataclass(frozen=True)
class Exchange:
    """A request's head, and the proper answer to it."""

    request: bytes
    head: bytes
    body: bytes
    random: random.Random

    @property
    def answer(self) -> bytes:
        return self.head + b"\r\n\r\n" + self.body

    def with_headers(self, headers: bytes, body: bytes | None = None) -> bytes:
        """The answer with these lines in place of its Content-Length."""
        head = re.sub(rb"(?i)\r\ncontent-length: \d+", b"", self.head)
        return head + b"\r\n" + headers + b"\r\n\r\n" + (self.body if body is None else body)


@dataclass(frozen=True)
class WireFault:
    name: str
    steps: Callable[[Exchange], Iterator[Step] | list[Step]]
    is_harmless: bool = False
    """The client can have the whole answer, so everything must go well."""
    is_passing: bool = False
    """A GET that meets it once is asked again and goes well."""
    is_no_answer: bool = False
    """Nothing that is vCenter's word, so that a poll that always meets it has failed."""


def response(status: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body


def vapi_error(kind: str, identifier: str, text: str) -> bytes:
    return json.dumps({"error_type": kind, "messages": [{"id": identifier, "default_message": text, "args": []}]}).encode()


def nested_message(depth: int) -> bytes:
    """A LocalizableMessage as deep as that; vCenter states no limit."""
    return (b'{"status":"FAILED","error":{"id":"a","default_message":"b","args":[],"params":{"p":'
            + b'{"l":{"id":"c","params":{"p":' * depth + b'{"s":"x"}' + b"}}}" * depth + b"}}}")


HTML = b"<html><head><style>x{}</style></head><body><h1>Bad Gateway</h1></body></html>"
BUSY = vapi_error("SERVICE_UNAVAILABLE", "com.vmware.vapi.endpoint.serviceUnavailable", "Busy.")

STATUSES = [100, 101, 103, 201, 202, 204, 205, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410,
            411, 413, 414, 415, 418, 421, 422, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599, 999]

BODIES = {
    "empty": b"", "html": HTML, "page of <": b"<" * 200_000, "text": b"upstream connect error or disconnect/reset before headers",
    "null": b"null", "array": b"[]", "array of null": b"[null, 1, {}]", "number": b"1e999", "string": b'"x"', "cut JSON": b'{"status":"SUCC',
    "not UTF-8": b'{"status":"RUNNING","error":"\xff\xfe"}', "UTF-16": '{"status":"RUNNING"}'.encode("utf-16"),
    "NUL": b'{"status":"RUN\x00NING"}', "lone surrogate": b'{"status":"RUNNING","error":"\\ud800"}', "nested": nested_message(2000),
    "deep array": b"[" * 100_000, "deep object": b'{"status":' * 50_000, "wide": b'{"status":"RUNNING"}' + b" " * 4_000_000,
    "4 MiB of text": b'{"status":"FAILED","error":"' + b"x" * 4_194_304 + b'"}', "many keys": b"{" + b'"a":1,' * 100_000 + b'"b":1}',
    "escapes": b'{"error_type":"ERROR","messages":[{"id":"\\u001b]0;x","default_message":"\\u001b[31m\\u202e\\u009b2J\\u2028","args":[]}]}',
    "same key twice": b'{"status":"RUNNING","status":"FAILED"}', "wrong types": b'{"status":7,"start_time":[],"error":true,"name":{},"vm":null}',
    "odd times": b'{"status":"SUCCEEDED","start_time":"9999-12-31T23:59:60Z","end_time":"-0001-01-01T00:00:00Z"}',
    "odd VMs": b'[{"vm":"../../x","name":"\\u001b[2J"},{"vm":"","name":""},{"vm":"vm-1","name":"' + b"n" * 100_000 + b'"}]',
    "vCenter's 401": vapi_error("UNAUTHENTICATED", "com.vmware.vapi.endpoint.method.authentication.required", "Log in."),
    "vCenter's 404": vapi_error("NOT_FOUND", "com.vmware.vapi.rest.httpNotFound", "Not found."),
}


def told(body: bytes, status: int = 200, *headers: str) -> Callable[[Exchange], list[Step]]:
    return lambda exchange: [response(status, body, *headers)]


def coded(name: bytes, code: Callable[[bytes], bytes]) -> Callable[[Exchange], list[Step]]:
    def steps(exchange: Exchange) -> list[Step]:
        body = code(exchange.body)
        return [exchange.with_headers(b"Content-Encoding: %s\r\nContent-Length: %d" % (name, len(body)), body)]
    return steps


def chunks(body: bytes, size: int) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + size]), body[i:i + size]) for i in range(0, len(body), size))


def drip(exchange: Exchange) -> Iterator[Step]:
    for place in range(0, len(exchange.answer), 256):
        yield exchange.answer[place:place + 256]
        yield 0.005


def repeated(change: Callable[[str], str]) -> Callable[[Exchange], list[Step]]:
    """vCenter, or a proxy, that tells in an error what it was asked, credentials included, in its own way of writing."""
    def steps(exchange: Exchange) -> list[Step]:
        secrets = [secret.decode("latin-1") for secret in re.findall(
            rb"(?im)^(?:authorization: basic|vmware-api-session-id:) (\S+)", exchange.request)]
        secrets += [base64.b64decode(secret).decode().partition(":")[2] for secret in secrets if secret.endswith("=") or len(secret) > 50]
        text = " ".join(f"asked by {change(secret)}" for secret in secrets)
        body = b'{"error_type":"ERROR","messages":[{"id":"echo","args":[],"default_message":"%s"}]}' % text.encode()
        return [response(500, body)]
    return steps


def unless_empty(steps: Callable[[Exchange], Iterator[Step] | list[Step]]) -> Callable[[Exchange], Iterator[Step] | list[Step]]:
    """An answer without a body, such as 204, has no coding and no chunks."""
    return lambda exchange: steps(exchange) if exchange.body else [exchange.answer]


def status_faults() -> Iterator[WireFault]:
    for status in STATUSES:
        body = vapi_error("ERROR", "com.vmware.vapi.std.errors.error", "It went wrong.")
        yield WireFault(f"{status}, vCenter's words", told(body, status))
        yield WireFault(f"{status}, a proxy's page", told(HTML, status), is_no_answer=status >= 300)
    yield WireFault("429, again after 1 s", told(b"", 429, "Retry-After: 1"), is_passing=True, is_no_answer=True)
    for wait in ("0", "-5", "9999", "9999999999", "Fri, 31 Dec 9999 23:59:59 GMT", "soon", "1.5"):
        for status in (429, 503):
            yield WireFault(f"{status}, again after {wait}", told(BUSY, status, f"Retry-After: {wait}"))
    for place in ("https://sso.example.org/?x=\x1b[31m", "http://localhost/", "//[::1", "/api/session", ""):
        yield WireFault(f"302 to {place!a}", told(b"", 302, f"Location: {place}"), is_no_answer=True)


def body_faults() -> Iterator[WireFault]:
    for name, body in BODIES.items():
        yield WireFault(f"200, {name}", told(body))
    ways: dict[str, Callable[[str], str]] = {
        "plain": str, "with \\/": lambda s: s.replace("/", "\\/"), "as \\u": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
        "percent-encoded": lambda s: urllib.parse.quote(s, safe=""), "cut": lambda s: s[:-1], "in upper-case percent": lambda s: "".join(
            f"%{byte:02X}" for byte in s.encode()),
    }
    for name, change in ways.items():
        yield WireFault(f"500 that repeats secrets {name}", repeated(change), is_no_answer=False)


def framing_faults() -> Iterator[WireFault]:
    harmless: dict[str, Callable[[Exchange], Iterator[Step] | list[Step]]] = {
        "gzip": coded(b"gzip", gzip.compress), "deflate": coded(b"deflate", zlib.compress), "drip": drip,
        "slow": lambda x: [x.random.uniform(0.05, 1), x.answer], "answer and close": lambda x: [x.answer, CLOSE],
        "100 first": lambda x: [b"HTTP/1.1 100 Continue\r\n\r\n" + x.answer],
        "chunked": lambda x: [x.with_headers(b"Transfer-Encoding: chunked", chunks(x.body, 50) + b"0\r\n\r\n")],
        "chunked with extensions and trailers": lambda x: [x.with_headers(
            b"Transfer-Encoding: chunked", b"%x;a=b\r\n%s\r\n" % (len(x.body), x.body) + b"0\r\nX-End: 1\r\n\r\n")] if x.body else [x.answer],
        "until the close": lambda x: [x.with_headers(b"Connection: close"), CLOSE],
    }
    passing: dict[str, Callable[[Exchange], Iterator[Step] | list[Step]]] = {
        "close": lambda x: [CLOSE], "reset": lambda x: [RESET], "close after a while": lambda x: [0.2, CLOSE],
    }
    broken: dict[str, Callable[[Exchange], Iterator[Step] | list[Step]]] = {
        "cut": lambda x: [x.answer[:x.random.randrange(1, len(x.answer))], CLOSE],
        "cut and reset": lambda x: [x.answer[:x.random.randrange(1, len(x.answer))], RESET],
        "hang": lambda x: [600.0], "hang in the body": lambda x: [x.answer[:-1], 600.0], "garbage": lambda x: [x.random.randbytes(400), CLOSE],
        "HTTP/0.9": lambda x: [x.body or b"hello", CLOSE], "HTTP/3.0": lambda x: [x.answer.replace(b"HTTP/1.1", b"HTTP/3.0", 1), CLOSE],
        "chunk size that is none": lambda x: [x.with_headers(b"Transfer-Encoding: chunked", b"zz\r\n" + x.body), CLOSE],
        "chunk size of 2^64": lambda x: [x.with_headers(b"Transfer-Encoding: chunked", b"1" + b"0" * 16 + b"\r\n" + x.body), CLOSE],
        "negative length": lambda x: [x.with_headers(b"Content-Length: -5"), CLOSE],
        "large header": lambda x: [x.with_headers(b"X-Large: " + b"a" * 4_000_000)], "headers without end": lambda x: [x.head, *[b"\r\nX: y"] * 5000, 600.0],
    }
    odd: dict[str, Callable[[Exchange], Iterator[Step] | list[Step]]] = {
        "raw deflate": coded(b"deflate", lambda body: zlib.compress(body)[2:-4]), "gzip bomb": coded(b"gzip", lambda body: BOMB),
        "gzip that is none": coded(b"gzip", bytes), "gzip cut": coded(b"gzip", lambda body: gzip.compress(body)[:-9]), "unknown coding": coded(b"br", bytes),
        "gzip twice": coded(b"gzip, gzip", lambda body: gzip.compress(gzip.compress(body))), "answer and reset": lambda x: [x.answer, RESET],
        "answer twice": lambda x: [x.answer + x.answer], "answer and rubbish": lambda x: [x.answer + b"rubbish"],
        "HTTP/1.0": lambda x: [x.answer.replace(b"HTTP/1.1", b"HTTP/1.0", 1), CLOSE],
        "length too long": lambda x: [x.with_headers(b"Content-Length: %d" % (len(x.body) + 10)), CLOSE],
        "length too short": lambda x: [x.with_headers(b"Content-Length: %d" % max(0, len(x.body) - 10))],
        "two lengths": lambda x: [x.with_headers(b"Content-Length: 3\r\nContent-Length: %d" % len(x.body)), CLOSE],
        "length and chunks": lambda x: [x.with_headers(b"Content-Length: 3\r\nTransfer-Encoding: chunked", chunks(x.body, 50) + b"0\r\n\r\n"), CLOSE],
        "chunks without end": lambda x: [x.with_headers(b"Transfer-Encoding: chunked", chunks(x.body, 50)), CLOSE],
        "many headers": lambda x: [x.with_headers(b"X-Many: 1\r\n" * 5000 + b"Content-Length: %d" % len(x.body))],
        "NUL in a header": lambda x: [x.with_headers(b"X-Odd: a\x00b\x1b[31m\r\nContent-Length: %d" % len(x.body)), CLOSE],
        "date of year 10000": lambda x: [x.with_headers(b"Date: Sat, 01 Jan 10000 00:00:00 GMT\r\nContent-Length: %d" % len(x.body))],
        "bare LF": lambda x: [x.answer.replace(b"\r\n", b"\n"), CLOSE], "1xx without end": lambda x: [b"HTTP/1.1 102 Processing\r\n\r\n" * 20_000, 600.0],
        "101 switch": lambda x: [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + x.answer, CLOSE],
    }
    for name, steps in harmless.items():
        yield WireFault(name, unless_empty(steps), is_harmless=True)
    for name, steps in passing.items():
        yield WireFault(name, steps, is_passing=True, is_no_answer=True)
    for name, steps in broken.items():
        yield WireFault(name, steps, is_no_answer=True)
    for name, steps in odd.items():
        yield WireFault(name, steps)


BOMB = gzip.compress(b" " * 50_000_000)
WIRE_FAULTS = {fault.name: fault for fault in (*status_faults(), *body_faults(), *framing_faults())}
