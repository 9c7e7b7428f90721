"""Faults: what went wrong around the handler, rather than in it, with Lambda's name for it."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from os.path import dirname
from types import TracebackType

_HERE = dirname(__file__)  # noqa: PTH120 - pathlib would cost the handler milliseconds


class Fault(Exception):  # noqa: N818 - the Runtime API's word
    """A failure that Lambda names itself, such as `Runtime.HandlerNotFound`."""

    def __init__(self, error_type: str, message: str, stack_trace: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.stack_trace = list(stack_trace)


def describe(error: BaseException, request_id: str = "") -> dict[str, object]:
    """Return the error document that the invoker receives.

    https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
    """
    if isinstance(error, Fault):
        message, error_type, stack_trace = error.message, error.error_type, error.stack_trace
    else:
        frames = _frames_of_the_function(error.__traceback__)
        message, error_type, stack_trace = str(error), type(error).__name__, traceback.format_list(frames)
    return {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": stack_trace}


def _frames_of_the_function(trace: TracebackType | None) -> list[tuple[str, int, str, str | None]]:
    """Return the frames below those of this client, in the plain form that `format_list` marks no columns in."""
    frames = [(frame.filename, frame.lineno or 0, frame.name, frame.line) for frame in traceback.extract_tb(trace)]
    for index, frame in enumerate(frames):
        if not frame[0].startswith(_HERE):
            return frames[index:]
    return frames
