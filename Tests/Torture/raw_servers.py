"""Servers that go wrong in the handshake or just after it, or that speak something else than TLS."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

Handler = Callable[["RawServer", socket.socket], None]


class RawServer:
    """Meets each connection by `handle`, in a thread of its own, while it is entered."""

    def __init__(self, handle: Handler, context: ssl.SSLContext) -> None:
        self.handle, self.context = handle, context
        self.received = b""
        """All that was said in clear, or in TLS after the handshake."""
        self.is_over = threading.Event()

    def __enter__(self) -> "RawServer":
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self.listener.close()

    def accept(self) -> None:
        while not self.is_over.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.meet, args=(connection,), daemon=True).start()

    def meet(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(30)
                self.handle(self, connection)
        except OSError:
            pass

    def read(self, connection: socket.socket) -> bytes:
        data = connection.recv(65536)
        self.received += data
        return data

    def stall(self) -> None:
        self.is_over.wait(60)

    def secured(self, connection: socket.socket) -> ssl.SSLSocket:
        return self.context.wrap_socket(connection, server_side=True)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def saying(*pieces: bytes, after_reading: bool = False, pause: float = 0, stays: bool = False) -> Handler:
    def handle(server: RawServer, connection: socket.socket) -> None:
        if after_reading:
            server.read(connection)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        if stays:
            server.stall()
    return handle


def alert(code: int) -> bytes:
    return bytes([21, 3, 3, 0, 2, 2, code])


def resetting(after_reading: bool) -> Handler:
    def handle(server: RawServer, connection: socket.socket) -> None:
        if after_reading:
            server.read(connection)
        reset(connection)
    return handle


def after_handshake(act: Callable[[RawServer, socket.socket, ssl.SSLSocket], None]) -> Handler:
    """`act` has the plain socket below TLS too."""
    def handle(server: RawServer, connection: socket.socket) -> None:
        below = connection.dup()
        with below, server.secured(connection) as secured:
            act(server, below, secured)
    return handle


def request_then(answer: bytes, closes_by_reset: bool = False) -> Handler:
    def act(server: RawServer, below: socket.socket, secured: ssl.SSLSocket) -> None:
        secured.recv(65536)
        if answer:
            below.sendall(answer)
        if closes_by_reset:
            reset(below)
    return after_handshake(act)


RECORD = bytes([22, 3, 3])
SERVER_HELLO = RECORD + struct.pack(">H", 122) + bytes([2, 0, 0, 118, 3, 3]) + bytes(32)
HTTP_400 = (b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
            b"<html><body>The plain HTTP request was sent to HTTPS port</body></html>")

HANDSHAKES: dict[str, Handler] = {
    "close at once": saying(), "close after ClientHello": saying(after_reading=True), "reset at once": resetting(False),
    "reset after ClientHello": resetting(True), "alert handshake_failure": saying(alert(40), after_reading=True),
    "alert internal_error": saying(alert(80), after_reading=True), "alert unrecognized_name": saying(alert(112), after_reading=True),
    "half a ServerHello": saying(SERVER_HELLO, after_reading=True), "half a ServerHello, then nothing": saying(SERVER_HELLO, after_reading=True, stays=True),
    "record of 65,535 bytes": saying(RECORD + b"\xff\xff" + bytes(70_000), after_reading=True),
    "empty records": saying((RECORD + b"\0\0") * 1000, after_reading=True),
    "close after the handshake": after_handshake(lambda server, below, secured: None), "reset after the handshake": request_then(b"", True),
    "close after each request": request_then(b""), "plain HTTP after the handshake": request_then(HTTP_400), "garbage after the handshake": request_then(b"\x17\x03\x03\x00\x20" + b"x" * 32),
    "alert after the handshake": request_then(alert(80)), "record cut off": request_then(b"\x17\x03\x03\x40\x00" + b"x" * 100),
    "nothing after the handshake": after_handshake(lambda server, below, secured: server.stall()),
}
NOT_TLS: dict[str, Handler] = {
    "plain HTTP": saying(HTTP_400, after_reading=True), "plain HTTP unasked": saying(HTTP_400), "SSH": saying(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n", stays=True),
    "SMTP": saying(b"220 mail.example.org ESMTP Postfix\r\n", stays=True), "silence": saying(stays=True), "zero bytes": saying(bytes(4096), stays=True),
    "what was said": lambda server, connection: connection.sendall(server.read(connection)), "slow letters": saying(*[b"a"] * 100, pause=0.2),
    "VNC": saying(b"RFB 003.008\n", stays=True), "MySQL": saying(b"J\x00\x00\x00\n5.7.44\x00" + bytes(70), stays=True),
}
