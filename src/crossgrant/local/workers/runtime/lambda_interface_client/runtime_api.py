"""The client's side of the Runtime API: one connection kept open for the life of the worker.

An answer travels together with the request for the next event, so that a warm invocation costs one write and one read
on either side. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import os
import socket

_ROOT = "/2018-06-01/runtime/"


class RuntimeApi:
    """A connection to the Runtime API at `address`, `host:port`."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = address
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = self._socket.makefile("rb", 65536)
        self._owner = os.getpid()
        self._unsent: list[bytes] = []
        self._next = f"GET {_ROOT}invocation/next HTTP/1.1\r\nHost: {address}\r\n\r\n".encode()

    def next_invocation(self) -> tuple[dict[str, str], bytes]:
        """Send the answers at hand, wait for the next event, and return its headers (lower case) and body."""
        answers = len(self._unsent)
        self._unsent.append(self._next)
        self.flush()
        for _ in range(answers):
            self._read()
        return self._read()

    def respond(self, request_id: str, body: bytes, content_type: str) -> None:
        """Answer an invocation with its response."""
        self._post(f"invocation/{request_id}/response", body, f"Content-Type: {content_type}\r\n")

    def report_error(self, request_id: str, body: bytes, error_type: str) -> None:
        """Answer an invocation with an error."""
        self._post(f"invocation/{request_id}/error", body, _error_header(error_type))

    def report_init_error(self, body: bytes, error_type: str) -> None:
        """Say that the handler could not be loaded."""
        self._post("init/error", body, _error_header(error_type))
        self.flush()
        self._read()

    def flush(self) -> None:
        """Send the answers at hand; in a child that the handler forked and let return, end the child instead."""
        if os.getpid() != self._owner:
            os._exit(0)
        self._socket.sendall(b"".join(self._unsent))
        self._unsent.clear()

    def _post(self, path: str, body: bytes, header: str) -> None:
        head = f"POST {_ROOT}{path} HTTP/1.1\r\nHost: {self._address}\r\n{header}Content-Length: {len(body)}\r\n\r\n"
        self._unsent.append(head.encode("utf-8", "backslashreplace") + body)

    def _read(self) -> tuple[dict[str, str], bytes]:
        if not self._reader.readline():
            os._exit(0)  # the gateway is gone: nothing is left to do
        headers = {}
        for line in iter(self._reader.readline, b"\r\n"):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return headers, self._reader.read(int(headers.get("content-length", 0)))


def _error_header(error_type: str) -> str:
    return f"Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: {error_type}\r\n"
