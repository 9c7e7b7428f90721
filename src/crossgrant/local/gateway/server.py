"""The HTTP server: uvicorn on 127.0.0.1, and the ASGI application that hands requests to `Application`.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import uvicorn

from crossgrant.local.gateway.application import Application
from crossgrant.local.gateway.wire import HttpRequest

HOST = "127.0.0.1"
DEFAULT_PORT = 4577
MOST_BYTES = 70 * 1024 * 1024  # a 50 MB zip in base64 and its envelope

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class BodyTooLargeError(Exception):
    """The body is larger than any that AWS takes."""


def listening_socket(port: int | None) -> socket.socket:
    """Return a socket listening on 127.0.0.1: on `port`, or on our own port, or on a free one if that is taken.

    Raises:
        OSError: `port` was asked for and is taken.

    """
    for candidate in (port,) if port is not None else (DEFAULT_PORT, 0):
        # Named TCP, so that asyncio turns off Nagle's delay on what is accepted: 40 ms on each answer otherwise.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
        except OSError:
            listener.close()
            if candidate != DEFAULT_PORT or port is not None:
                raise
            continue
        listener.listen(1024)
        return listener
    raise AssertionError("port 0 is always free")


def asgi(application: Application) -> Callable[[Message, Receive, Send], Awaitable[None]]:
    """Return the ASGI callable that answers HTTP requests."""

    async def serve(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            if int(headers.get("content-length", "0")) > MOST_BYTES:
                raise BodyTooLargeError  # noqa: TRY301 - before its body is read
            body = await _body(receive)
        except BodyTooLargeError:
            closing = [(b"content-type", b"text/plain"), (b"connection", b"close")]
            await _send(send, 413, closing, b"Request body too large")
            return
        if body is None:
            return
        answer, request_id = await application.answer(
            HttpRequest(
                method=scope["method"],
                path=scope["raw_path"].decode("latin-1"),
                query=scope["query_string"].decode("latin-1"),
                headers=headers,
                body=body,
            )
        )
        sent = [
            (b"x-amzn-requestid", request_id.encode()),
            (b"content-length", b"%d" % len(answer.body)),
            *answer.headers,
        ]
        await _send(send, answer.status, sent, answer.body)

    return serve


async def _body(receive: Receive) -> bytes | None:
    """Return the whole body, None when the client went away first."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        return body
    parts, length = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > MOST_BYTES:
            raise BodyTooLargeError
    return None if message["type"] == "http.disconnect" else b"".join(parts)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Server(uvicorn.Server):
    """A server that ends by returning: uvicorn's own raises the signal again, and what is ours would be left behind."""

    def __init__(self, config: uvicorn.Config, close: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._close = close

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, and end what still runs: a function that never returns would hold its answer back."""
        await asyncio.gather(super().shutdown(sockets), self._close())

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGTERM and Ctrl-C; a second one doesn't wait for open requests."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def serve(application: Application, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called when the socket accepts."""
    config = uvicorn.Config(
        asgi(application),
        http="httptools",
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config, application.accounts.close)

    async def announce() -> None:
        while not server.started:
            await asyncio.sleep(0)
        ready()

    announcing = asyncio.create_task(announce())
    await server.serve(sockets=[listener])
    await announcing
