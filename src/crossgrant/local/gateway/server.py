"""The HTTP server: it listens on 127.0.0.1 alone, and ends with every answer given that was under way."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

from crossgrant.local.gateway.application import Application
from crossgrant.local.gateway.connection import Connection

HOST = "127.0.0.1"
DEFAULT_PORT = 4577
SECONDS_BETWEEN_SWEEPS = 15.0
SECONDS_TO_FINISH = 5.0


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


async def serve(application: Application, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called when the socket accepts.

    A second signal doesn't wait for the answers under way.
    """
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    connections: set[Connection] = set()
    server = await loop.create_server(lambda: Connection(application.answer, connections), sock=listener, backlog=1024)
    ready()
    while not stopped.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), SECONDS_BETWEEN_SWEEPS)
        for connection in tuple(connections):
            connection.close_if_silent()
    stopped.clear()
    server.close()
    for connection in tuple(connections):
        connection.close_after_answers()
    deadline = loop.time() + SECONDS_TO_FINISH
    while connections and loop.time() < deadline and not stopped.is_set():
        await asyncio.sleep(0.01)
    for connection in tuple(connections):
        connection.abort()
