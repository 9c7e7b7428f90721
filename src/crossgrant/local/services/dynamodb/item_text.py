"""Items as text and back: DynamoDB JSON, written and read by the standard library's encoder and scanner in C.

`json.dumps` makes an encoder on each call, and `json.loads` guesses an encoding: that takes longer than an item itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from json import encoder
from typing import Any


def _refuse(value: object) -> object:
    raise TypeError(f"`{value!r}` is no JSON value")


def _make_encode() -> Callable[[Any], str]:
    make = encoder.c_make_encoder  # type: ignore[attr-defined]  # not in the stubs
    if make is None:  # a Python without the accelerator
        return json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
    escape = encoder.encode_basestring
    encode_parts = make(None, _refuse, escape, None, ":", ",", False, False, True)  # as JSONEncoder.iterencode does
    return lambda value: "".join(encode_parts(value, 0))


json_text: Callable[[Any], str] = _make_encode()
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # not in the stubs


def encode(item: Mapping[str, Any]) -> bytes:
    """Return an item's text."""
    return json_text(item).encode()


def decode(text: bytes) -> Any:
    """Return what an item's text holds."""
    return _scan(text.decode(), 0)[0]
