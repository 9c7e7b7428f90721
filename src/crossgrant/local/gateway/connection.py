"""HTTP/1.1 on one connection: its requests are answered one after the other, in the order they came.

https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

import httptools

from crossgrant.local.gateway.wire import HttpAnswer, HttpRequest

MOST_BODY_BYTES = 70 * 1024 * 1024  # a 50 MB zip in base64 and its envelope
MOST_HEAD_BYTES = 64 * 1024
MOST_WAITING = 16  # pipelined requests, before the connection is read no further
IDLE_SECONDS = 75.0

_log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], Coroutine[Any, Any, tuple[HttpAnswer, str]]]

# Python 3.12 can start a task at once, which spares a turn of the loop for every answer that waits for nothing.
_TASK_OPTIONS: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


class Connection(asyncio.Protocol):
    """One client's connection. `connections` holds those that are open."""

    def __init__(self, answer: Answer, connections: set[Connection]) -> None:
        self._answer = answer
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[HttpRequest, bool]] = deque()
        self._task: asyncio.Task[tuple[HttpAnswer, str]] | None = None
        self._last_heard = self._loop.time()
        self._closing = False  # what comes from now on is not read
        self._held = False  # the client doesn't read its answers
        self._start_request()

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection in."""
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Let the connection go; a request under way is served to its end all the same."""
        self._connections.discard(self)
        self._closing = True

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and refuse what is no HTTP."""
        if self._closing:
            return
        self._last_heard = self._loop.time()
        self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(400, "Bad Request: this is no HTTP/1.1 request")
        else:
            if self._in_head and self._head_bytes > MOST_HEAD_BYTES:
                self._refuse(431, "Request header fields too large")

    def pause_writing(self) -> None:
        """Answer nothing more until the client has read what it was sent."""
        self._held = True

    def resume_writing(self) -> None:
        """Go on answering."""
        self._held = False
        self._next()

    # what the parser calls

    def on_url(self, url: bytes) -> None:
        """Take a part of the request target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Refuse, before its body comes, what we will not answer."""
        self._in_head = False
        length = self._headers.get("content-length", "")
        if length.isdigit() and int(length) > MOST_BODY_BYTES:
            self._refuse(413, "Request body too large")
        elif "upgrade" in self._headers:
            self._refuse(400, "Bad Request: HTTP/1.1 is all that is spoken here")
        elif self._headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body.append(body)
        self._body_bytes += len(body)
        if self._body_bytes > MOST_BODY_BYTES:
            self._refuse(413, "Request body too large")

    def on_message_complete(self) -> None:
        """Answer the request when those before it are answered."""
        if self._closing:
            return
        path, _, query = self._url.decode("latin-1").partition("?")
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        method = self._parser.get_method().decode("latin-1")
        request = HttpRequest(method=method, path=path, query=query, headers=self._headers, body=body)
        self._waiting.append((request, self._parser.should_keep_alive()))
        self._start_request()
        self._next()
        if len(self._waiting) > MOST_WAITING:
            self._transport.pause_reading()

    # what the server calls

    def close_if_silent(self) -> None:
        """Close the connection when its client has said nothing for long, in the middle of a request or between two."""
        if self._task is None and self._loop.time() - self._last_heard > IDLE_SECONDS:
            self._transport.abort()

    def close_after_answers(self) -> None:
        """Read no further, and close once the requests that have come are answered."""
        self._closing = True
        if self._task is None and not self._waiting:
            self._transport.close()

    def abort(self) -> None:
        """Close at once, whatever is unanswered."""
        self._transport.abort()

    def _start_request(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._head_bytes = self._body_bytes = 0
        self._in_head = True

    def _next(self) -> None:
        """Answer the request that has waited longest, unless another is being answered."""
        if self._task is not None or self._held or not self._waiting:
            return
        request, keep_alive = self._waiting.popleft()
        task = asyncio.Task(self._answer(request), loop=self._loop, **_TASK_OPTIONS)
        if task.done():
            self._answered(task, request, keep_alive=keep_alive)
        else:
            self._task = task
            task.add_done_callback(lambda task: self._answered(task, request, keep_alive=keep_alive))

    def _answered(self, task: asyncio.Task[tuple[HttpAnswer, str]], request: HttpRequest, *, keep_alive: bool) -> None:
        self._task = None
        if task.cancelled() or self._transport.is_closing():
            return
        problem = task.exception()
        if problem is not None:
            _log.error("a fault of crossgrant's own", exc_info=problem)
            self._refuse(500, "an internal error of crossgrant; its log tells more")
            return
        answer, request_id = task.result()
        headers = [(b"x-amzn-requestid", request_id.encode()), *answer.headers]
        self._write(answer.status, headers, answer.body, head=request.method == "HEAD", keep_alive=keep_alive)
        if not keep_alive or (self._closing and not self._waiting):
            self._transport.close()
        elif self._waiting:
            self._transport.resume_reading()
            self._next()

    def _refuse(self, status: int, text: str) -> None:
        """Answer what is no request that we take, and read no further.

        What still comes is thrown away until the client has seen the answer and closes, or falls silent.
        """
        if self._closing:
            return
        self._closing = True
        self._waiting.clear()
        if self._task is None:
            self._write(status, [(b"content-type", b"text/plain")], text.encode(), head=False, keep_alive=False)
            self._transport.write_eof()

    def _write(
        self, status: int, headers: list[tuple[bytes, bytes]], body: bytes, *, head: bool, keep_alive: bool
    ) -> None:
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        ending = b"" if keep_alive else b"connection: close\r\n"
        start = b"%bdate: %b\r\n%bcontent-length: %d\r\n%b\r\n" % (
            _STATUS_LINES[status],
            _date(int(time.time())),
            lines,
            len(body),
            ending,
        )
        self._transport.write(start if head else start + body)


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    """Return the Date header's value."""
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(second)).encode()
