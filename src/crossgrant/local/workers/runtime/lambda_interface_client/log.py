"""The function's log: `logging` in Lambda's text and JSON formats, each record one frame.

A frame is a type, a length, a time in microseconds and the message, so that a message of many lines stays one log
event; what the handler prints stays plain lines. https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import json
import logging
import os
import time
import traceback
from collections.abc import Mapping
from typing import Any

from .marshal import to_json

FRAME_TYPE = (0xA55A0003).to_bytes(4, "big")
_TEXT_FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
_NO_BREAK_SPACE = "\u00a0"  # keeps the indentation of a stack trace where a viewer would trim it

# What every record has; anything else was given as `extra` and becomes a member of the JSON line.
_RECORD_ATTRIBUTES = (frozenset(vars(logging.makeLogRecord({}))) - {"taskName"}) | {"aws_request_id", "tenant_id"}

UNHANDLED_EXCEPTION = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare "
    "cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, "
    "runtime updates can be triggered by a function change, or can be applied automatically. To determine if the "
    "runtime has been updated, check the runtime version in the INIT_START log entry. If this error correlates with a "
    "change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the previous "
    "runtime version. For more information, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


class Log:
    """Where log records and error documents go; knows the invocation that they belong to."""

    def __init__(self, descriptor: int, environment: Mapping[str, str]) -> None:
        self._descriptor = descriptor
        self._json = environment.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
        level = environment.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
        self._level = "DEBUG" if level == "TRACE" else level
        self.request_id = ""
        self.tenant_id: str | None = None

    def install(self) -> None:
        """Make this log the root logger's handler, as a managed runtime does before it imports the handler."""
        logging.Formatter.converter = time.gmtime
        handler = _Handler(self)
        handler.setFormatter(_JsonFormatter() if self._json else logging.Formatter(_TEXT_FORMAT, _TIME_FORMAT))
        root = logging.getLogger()
        if isinstance(logging.getLevelName(self._level), int):
            root.setLevel(self._level)
        root.addHandler(handler)

    def write(self, message: str) -> None:
        """Write one log event."""
        body = message.encode("utf-8", "backslashreplace")
        frame = FRAME_TYPE + len(body).to_bytes(4, "big") + (time.time_ns() // 1000).to_bytes(8, "big") + body
        while frame:
            frame = frame[os.write(self._descriptor, frame) :]

    def write_error(self, document: dict[str, Any]) -> None:
        """Write the error document that the invoker receives."""
        if self._json:
            stamp = time.strftime(_TIME_FORMAT + "Z", time.gmtime())
            self.write(to_json({"timestamp": stamp, "level": "ERROR", **document}))
            return
        name, message = document["errorType"], document["errorMessage"]
        lines = [f"[ERROR] {name}: {message}" if message else f"[ERROR] {name}"]
        lines.append("Traceback (most recent call last):")
        for frame in document["stackTrace"]:
            lines.extend(map(_indent_visibly, frame.splitlines() or [""]))
        self.write("\n".join(lines))


class _Handler(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log
        self.addFilter(self._mark)

    def _mark(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self._log.request_id
        record.tenant_id = self._log.tenant_id
        return True

    def emit(self, record: logging.LogRecord) -> None:
        self._log.write(self.format(record))


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        level = min(50, max(0, record.levelno)) // 10 * 10
        members: dict[str, object] = {
            "timestamp": self.formatTime(record, _TIME_FORMAT + "Z"),
            "level": logging.getLevelName(level),
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0] is not None:
            error_type, error, trace = record.exc_info
            members["stackTrace"] = traceback.format_tb(trace)
            members["errorType"] = error_type.__name__
            members["errorMessage"] = str(error)
        members["requestId"] = getattr(record, "aws_request_id", None)
        if record.exc_info:
            members["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        members["tenantId"] = getattr(record, "tenant_id", None)
        for name, value in vars(record).items():
            if name not in _RECORD_ATTRIBUTES and name not in members:
                members[name] = value
        known = {name: value for name, value in members.items() if value is not None}
        return json.dumps(known, ensure_ascii=False, default=str) + "\n"


def _indent_visibly(line: str) -> str:
    text = line.lstrip(" ")
    return _NO_BREAK_SPACE * (len(line) - len(text)) + text
