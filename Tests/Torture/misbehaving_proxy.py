"""A TLS server that passes requests on to a vCenter and lets some of them meet a fault. Written from RFC 9112 and from what servers
and proxies in the field do, not from our client."""

import asyncio
import logging
import random
import re
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable

from wire_faults import CLOSE, RESET, Exchange, WireFault

logging.getLogger("asyncio").setLevel(logging.CRITICAL)


class MisbehavingProxy:
    """Runs in a thread of its own while it is entered.

    `choose(method, target)` gives the fault that a request meets, or None; `refuse()` what a connection meets in place of a handshake:
    "close", "reset", "stall", "garbage" or None. Both are called in that thread.
    """

    def __init__(self, context: ssl.SSLContext, upstream_port: int, source: random.Random) -> None:
        self.context = context
        self.upstream_port, self.random = upstream_port, random.Random(source.random())
        self.upstream = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.upstream.check_hostname = False
        self.upstream.verify_mode = ssl.CERT_NONE
        self.choose: Callable[[str, str], WireFault | None] = lambda method, target: None
        self.refuse: Callable[[], str | None] = lambda: None
        self.answered: list[tuple[float, str]] = []
        """(instant, target) of each proper answer that was written whole."""
        self.struck: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.sessions: set[bytes] = set()
        """That the client was given and has not ended."""
        self.secrets: set[bytes] = set()
        """Tokens and credentials that were seen."""
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "MisbehavingProxy":
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self.connection, "127.0.0.1", 0, backlog=512), self.loop).result()
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.stop(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def stop(self) -> None:
        self.server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            match self.refuse():
                case "close":
                    return
                case "reset":
                    writer.transport.abort()
                    return
                case "garbage":
                    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
                    return
                case "stall":
                    await asyncio.sleep(600)
            await writer.start_tls(self.context)
            while await self.exchange(reader, writer):
                pass
        except (OSError, EOFError, asyncio.LimitOverrunError, RuntimeError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and what it meets; whether the connection goes on."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        method, target = (word.decode("latin-1") for word in head.split(b" ", 2)[:2])
        self.requests[f"{method} {target}"] += 1
        for secret in re.findall(rb"(?im)^(?:authorization: basic|vmware-api-session-id:) (\S+)", head):
            self.secrets.add(secret)
        fault = self.choose(method, target)
        answer = await self.forward(head, body)
        if method == "DELETE":
            self.sessions -= set(re.findall(rb"(?im)^vmware-api-session-id: (\S+)", head))
        if fault is None or fault.is_harmless:
            if method == "POST" and answer.startswith(b"HTTP/1.1 201"):
                self.sessions.add(answer.partition(b"\r\n\r\n")[2].strip(b'"'))
        if fault is None:
            writer.write(answer)
            await writer.drain()
            self.answered.append((time.monotonic(), target))
            return True
        self.struck[fault.name] += 1
        answer_head, _, answer_body = answer.partition(b"\r\n\r\n")
        for step in fault.steps(Exchange(head, answer_head, answer_body, self.random)):
            if step == RESET:
                writer.transport.abort()
                return False
            if step == CLOSE:
                return False
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            else:
                await asyncio.sleep(step)
        return True

    async def forward(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream_port, ssl=self.upstream, limit=1 << 26)
        try:
            writer.write(head + body)
            answer_head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", answer_head)
            return answer_head + (await reader.readexactly(int(length[1])) if length else b"")
        finally:
            writer.close()
