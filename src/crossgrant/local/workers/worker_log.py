"""The log of one worker: the pipe it writes to, the platform's lines between, and a limit on the whole."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable

from crossgrant.local.workers.log_decoder import LogDecoder, LogEvent

# What one invocation may log: a function that prints without end must not fill the gateway's memory.
LOG_LIMIT = 8 * 1024 * 1024

# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: LogResult
_TAIL = 4096

_CHUNK = 65536  # what a pipe holds


class WorkerLog:
    """Collect log events, and pass them on with `write` as they come."""

    def __init__(self, write: Callable[[list[LogEvent]], None]) -> None:
        self._write = write
        self._decoder = LogDecoder()
        self._left = LOG_LIMIT
        self._tail: bytearray | None = None
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._read_end, self.read)

    @property
    def keeps_tail(self) -> bool:
        """Return whether the end of the invocation's log is kept."""
        return self._tail is not None

    def close_write_end(self) -> None:
        """Leave the pipe's write end to the worker."""
        os.close(self.write_end)

    def close(self) -> None:
        """Give up the pipe."""
        self._loop.remove_reader(self._read_end)
        os.close(self._read_end)

    def begin(self, *, tail: bool) -> None:
        """Start the log of an invocation, and keep its end if `tail`."""
        self._left = LOG_LIMIT
        self._tail = bytearray() if tail else None

    def say(self, *lines: str) -> None:
        """Write lines of the platform's own."""
        now = time.time_ns() // 1_000_000
        self._emit([(now, line) for line in lines])

    def read(self) -> None:
        """Take what the worker has written so far."""
        try:
            data = os.read(self._read_end, _CHUNK)
        except BlockingIOError:
            return
        if data:
            self._emit(self._limit(self._decoder.feed(data)))
        else:
            self._loop.remove_reader(self._read_end)

    def finish(self, *lines: str) -> bytes:
        """Complete the log of an invocation with `lines`, and return its end if that was kept."""
        self.read()
        self._emit(self._limit(self._decoder.flush()))
        self.say(*lines)
        return bytes(self._tail or b"")

    def _limit(self, events: Iterable[LogEvent]) -> list[LogEvent]:
        kept = []
        for event in events:
            if self._left > 0:
                kept.append(event)
                self._left -= len(event[1])
                if self._left <= 0:
                    kept.append((event[0], f"crossgrant: logs at most {LOG_LIMIT} characters per invocation\n"))
        return kept

    def _emit(self, events: list[LogEvent]) -> None:
        if not events:
            return
        if self._tail is not None:
            for _, message in events:
                self._tail += message.encode() if message.endswith("\n") else f"{message}\n".encode()
            del self._tail[:-_TAIL]
        self._write(events)
