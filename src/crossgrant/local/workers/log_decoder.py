"""Turn what a worker writes into log events: a printed line is one, and so is a frame of its logging.

Both come through one pipe, so that they stay in order. A frame is its type (4 bytes, which no UTF-8 text
starts with), the length of the message (4 bytes), its time in microseconds (8 bytes), and the message.
"""

import time
from collections.abc import Iterator

LogEvent = tuple[int, str]
"""Milliseconds since 1970, and the message."""

_FRAME = b"\xa5\x5a\x00"  # the fourth byte tells format and level, which nothing here needs
_FRAME_HEAD = 16

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html: the size of an event
_EVENT_LIMIT = 256 * 1024


class LogDecoder:
    """Collect bytes, and yield each event once it is complete."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[LogEvent]:
        """Yield the events that `data` completes."""
        data = self._rest + data
        start = 0
        while start < len(data):
            end, event = _frame(data, start) if data.startswith(_FRAME, start) else _line(data, start)
            if event is None:
                break
            yield event
            start = end
        self._rest = data[start:]

    def flush(self) -> Iterator[LogEvent]:
        """Yield what remains without its end of line."""
        if self._rest:
            yield _now(), self._rest.decode("utf-8", "replace")
            self._rest = b""


def _frame(data: bytes, start: int) -> tuple[int, LogEvent | None]:
    body = start + _FRAME_HEAD
    end = body + int.from_bytes(data[start + 4 : start + 8], "big")
    if len(data) < max(body, end):
        return start, None
    microseconds = int.from_bytes(data[start + 8 : body], "big")
    return end, (microseconds // 1000, data[body:end].decode("utf-8", "replace"))


def _line(data: bytes, start: int) -> tuple[int, LogEvent | None]:
    newline = data.find(b"\n", start)
    frame = data.find(_FRAME, start, len(data) if newline < 0 else newline)
    if frame > start:
        end = frame
    elif newline >= 0:
        end = newline + 1
    elif len(data) - start > _EVENT_LIMIT:
        end = start + _EVENT_LIMIT
    else:
        return start, None
    return end, (_now(), data[start:end].decode("utf-8", "replace"))


def _now() -> int:
    return time.time_ns() // 1_000_000
