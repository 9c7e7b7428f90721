"""The client: calls that boto3 made and signed once, replayed over one kept connection."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class UnexpectedResponseError(Exception):
    """A server answered a call with something else than success."""


class _Captured(Exception):  # noqa: N818 - no error: it carries the request out of boto3
    """Ends a call just before it would be sent."""

    def __init__(self, request: bytes) -> None:
        super().__init__()
        self.request = request


def signed(client: Any, operation: str, **parameters: Any) -> bytes:
    """Return the bytes that `client` would send for one call, signed now (AWS takes a signature for five minutes)."""
    client.meta.events.register_last("before-send", _capture)
    try:
        getattr(client, operation)(**parameters)
    except _Captured as captured:
        return captured.request
    finally:
        client.meta.events.unregister("before-send", _capture)
    message = f"{operation} was not sent"
    raise AssertionError(message)


def _capture(request: Any, **_: Any) -> None:
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    headers = [(name, value.decode() if isinstance(value, bytes) else value) for name, value in request.headers.items()]
    raise _Captured(http_bytes(request.method, request.url, headers, body))


def http_bytes(method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    address = urlsplit(url)
    path = (address.path or "/") + (f"?{address.query}" if address.query else "")
    head = {**dict(headers), "Host": address.netloc, "Content-Length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Connection:
    """One kept connection to a server; it is made again when the server closes it."""

    def __init__(self, endpoint: str) -> None:
        address = urlsplit(endpoint)
        self._address = (address.hostname, address.port)
        self._socket: socket.socket | None = None

    def send(self, request: bytes) -> bytes:
        """Send one request and return the whole response, which must be a success."""
        if self._socket is None:
            self._socket = socket.create_connection(self._address, 60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        response = self._receive(self._socket)
        if not response.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2")):
            raise UnexpectedResponseError(response[-600:].decode(errors="replace"))
        return response

    def send_all(self, requests: Sequence[bytes], count: int) -> None:
        """Send `count` requests, one after the other, round and round."""
        for number in range(count):
            self.send(requests[number % len(requests)])

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _receive(self, connection: socket.socket) -> bytes:
        received = bytearray()
        while True:
            data = connection.recv(1 << 20)
            received += data
            head = received.find(b"\r\n\r\n")
            if head >= 0:
                length = LENGTH.search(received, 0, head + 2)
                if length and len(received) >= head + 4 + int(length[1]):
                    break
                if not length and CHUNKED.search(received, 0, head + 2) and received.endswith(b"\r\n0\r\n\r\n"):
                    break
            if not data:
                break
        if not data or head < 0 or received.startswith(b"HTTP/1.0") or CLOSES.search(received, 0, head + 2):
            self.close()
        return bytes(received)
