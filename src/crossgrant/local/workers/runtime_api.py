"""The Runtime API that one worker speaks, on a free loopback port of its own.

A plain asyncio protocol on httptools: two requests pass here for every invocation, so each is one parse and one write.
Requests may arrive pipelined, and each kind of request is a method of the `Environment` that listens.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import asyncio
import json
from typing import Protocol

import httptools

_INVOCATION = "/2018-06-01/runtime/invocation/"
_INIT_ERROR = "/2018-06-01/runtime/init/error"

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, with the envelope Lambda allows for
RESPONSE_LIMIT = 6_291_556


class Environment(Protocol):
    """What listens to the Runtime API of one worker."""

    def ready(self) -> None:
        """Take note that the worker waits for an event."""

    def responded(self, body: bytes) -> None:
        """Take the response to the current invocation; it is longer than `RESPONSE_LIMIT` if it was cut."""

    def failed(self, body: bytes) -> None:
        """Take the error of the current invocation."""

    def init_failed(self, body: bytes, error_type: str) -> None:
        """Take the error that kept the handler from loading."""


class RuntimeApi:
    """Serve the Runtime API to one worker and tell `environment` what the worker says."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._waiting: _Connection | None = None
        self._request_id: str | None = None

    @property
    def waits(self) -> bool:
        """Return whether the worker waits for an event."""
        return self._waiting is not None

    async def open(self) -> str:
        """Listen, and return the address as AWS_LAMBDA_RUNTIME_API names it."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Connection(self), "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        return f"{host}:{port}"

    def close(self) -> None:
        """Stop listening and drop the worker's connections."""
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.abort()

    def deliver(self, request_id: str, headers: dict[str, str], payload: bytes) -> None:
        """Hand an event to the waiting worker, as `ready` has announced."""
        waiting, self._waiting = self._waiting, None
        assert waiting is not None, "an event needs a worker that waits for one"
        self._request_id = request_id
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            f"Lambda-Runtime-Aws-Request-Id: {request_id}\r\n{lines}Content-Length: {len(payload)}\r\n\r\n"
        )
        waiting.write(head.encode() + payload)
        waiting.flush()

    def keeps_waiting(self, connection: "_Connection") -> bool:
        """Return whether `connection` has asked for an event that isn't there yet."""
        return self._waiting is connection

    def connected(self, connection: "_Connection") -> None:
        """Remember a connection."""
        self._connections.add(connection)

    def disconnected(self, connection: "_Connection") -> None:
        """Forget a connection."""
        self._connections.discard(connection)
        if self._waiting is connection:
            self._waiting = None

    def serve(self, connection: "_Connection", method: bytes, path: str, error_type: str, body: bytes) -> None:
        """Answer one request."""
        if method == b"GET" and path == _INVOCATION + "next":
            self._waiting = connection
            self._environment.ready()
        elif method == b"POST" and path == _INIT_ERROR:
            connection.write(_ACCEPTED)
            self._environment.init_failed(body, error_type)
        elif method == b"POST" and path.startswith(_INVOCATION):
            self._finish(connection, path, body)
        else:
            connection.write(_error("404 Not Found", "ResourceNotFound", f"no such resource: {path}"))

    def _finish(self, connection: "_Connection", path: str, body: bytes) -> None:
        request_id, _, kind = path.removeprefix(_INVOCATION).partition("/")
        if request_id != self._request_id or kind not in ("response", "error"):
            connection.write(_error("400 Bad Request", "InvalidRequestID", "Invalid request ID"))
            return
        self._request_id = None
        if kind == "error":
            connection.write(_ACCEPTED)
            self._environment.failed(body)
        else:
            connection.write(_ACCEPTED if len(body) <= RESPONSE_LIMIT else _TOO_LARGE)
            self._environment.responded(body)


class _Connection(asyncio.Protocol):
    """One connection: bytes in, whole requests out. The `on_*` methods are httptools' callbacks."""

    def __init__(self, api: RuntimeApi) -> None:
        self._api = api
        self._parser = httptools.HttpRequestParser(self)
        self._unsent: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._api.connected(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._api.disconnected(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort()
        if not self._api.keeps_waiting(
            self
        ):  # else the worker has asked already: one write for this answer and the next
            self.flush()

    def write(self, data: bytes) -> None:
        self._unsent.append(data)

    def flush(self) -> None:
        if self._unsent:
            self._transport.write(b"".join(self._unsent))
            self._unsent.clear()

    def abort(self) -> None:
        self._transport.abort()

    def on_message_begin(self) -> None:
        self._path = ""
        self._error_type = ""
        self._body = bytearray()

    def on_url(self, url: bytes) -> None:
        self._path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"lambda-runtime-function-error-type":
            self._error_type = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        if len(self._body) <= RESPONSE_LIMIT:  # what follows is known to be too much, and not kept
            self._body += body

    def on_message_complete(self) -> None:
        self._api.serve(self, self._parser.get_method(), self._path, self._error_type, bytes(self._body))


def _answer(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _error(status: str, error_type: str, message: str) -> bytes:
    return _answer(status, json.dumps({"errorMessage": message, "errorType": error_type}).encode())


_ACCEPTED = _answer("202 Accepted", b'{"status":"OK"}\n')
_TOO_LARGE = _error("413 Payload Too Large", "RequestEntityTooLarge", f"Exceeded maximum of {RESPONSE_LIMIT} bytes")
