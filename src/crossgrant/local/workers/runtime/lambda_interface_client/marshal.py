"""JSON as Lambda's Python runtime reads events and writes responses.

The managed runtime encodes with simplejson, which differs from `json` where a handler can tell: a Decimal is written
as a plain number with all its digits, bytes are text, and anything with `_asdict()`, such as a named tuple, is an
object. `json` can be taught none of these from outside, hence the small encoder here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring, encode_basestring_ascii

from .fault import Fault

# Runtimes older than this set escape what is not ASCII.
_WRITES_UNICODE = frozenset("AWS_Lambda_python3." + minor for minor in ("12", "13", "14", "15"))
_INFINITY = float("inf")


def unmarshal(body: bytes, content_type: str) -> object:
    """Return the event of a request, decoded when it is JSON."""
    if content_type != "application/json":
        return body
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error


def marshal(response: object) -> tuple[bytes, str]:
    """Return the body and content type of a handler's response; raise `Fault` when it has no JSON form."""
    if isinstance(response, bytes):
        return response, "application/unknown"
    try:
        return to_json(response).encode(), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def to_json(value: object) -> str:
    """Encode `value` as the managed runtime does."""
    unicode = os.environ.get("AWS_EXECUTION_ENV") in _WRITES_UNICODE
    parts: list[str] = []
    try:
        _Encoder(parts.append, encode_basestring if unicode else encode_basestring_ascii).encode(value)
    except RecursionError:
        raise RecursionError("maximum recursion depth exceeded while encoding a JSON object") from None
    return "".join(parts)


class _Encoder:
    def __init__(self, write: Callable[[str], object], string: Callable[[str], str]) -> None:
        self._write = write
        self._string = string
        self._open: set[int] = set()

    def encode(self, value: object) -> None:
        if isinstance(value, str):
            self._write(self._string(value))
        elif isinstance(value, bytes):
            self._write(self._string(value.decode()))
        elif value is None or value is True or value is False:
            self._write(_CONSTANTS[value])
        elif isinstance(value, int):
            self._write(int.__repr__(value))
        elif isinstance(value, float):
            self._write(_number(value))
        elif isinstance(value, Decimal):
            self._write(_decimal(value))
        else:
            self._encode_container(value)

    def _encode_container(self, value: object) -> None:
        if id(value) in self._open:
            raise ValueError("Circular reference detected")
        self._open.add(id(value))
        as_dict = getattr(value, "_asdict", None)
        if callable(as_dict):
            self._encode_object(as_dict())
        elif isinstance(value, dict):
            self._encode_object(value)
        elif isinstance(value, (list, tuple)):
            self._encode_array(value)
        else:
            raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
        self._open.discard(id(value))

    def _encode_object(self, members: dict[object, object]) -> None:
        opening = "{"
        for key, value in members.items():
            self._write(opening + self._string(_key(key)) + ": ")
            self.encode(value)
            opening = ", "
        self._write("}" if members else "{}")

    def _encode_array(self, items: list[object] | tuple[object, ...]) -> None:
        opening = "["
        for item in items:
            self._write(opening)
            self.encode(item)
            opening = ", "
        self._write("]" if items else "[]")


_CONSTANTS = {None: "null", True: "true", False: "false"}


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bytes):
        return key.decode()
    if key is None or key is True or key is False:
        return _CONSTANTS[key]
    if isinstance(key, int):
        return int.__repr__(key)
    if isinstance(key, float):
        return _number(key)
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")


def _number(value: float) -> str:
    if value != value:  # noqa: PLR0124 - the test for NaN that needs no import
        return "NaN"
    if value in (_INFINITY, -_INFINITY):
        return "Infinity" if value > 0 else "-Infinity"
    return float.__repr__(value)


def _decimal(value: Decimal) -> str:
    return "NaN" if value.is_nan() else str(value)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"Expecting value: {name} is no JSON")
