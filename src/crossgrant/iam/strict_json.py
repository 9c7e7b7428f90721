"""JSON as AWS and the scenario format read it: no repeated keys, no NaN; numbers keep their text."""

from __future__ import annotations

import json
from math import isinf
from typing import Any, NoReturn

from crossgrant.iam.context import NumberText


def loads(text: str) -> Any:
    """Read a JSON text.

    Raises:
        ValueError: it isn't one, a key is repeated (one would hide the other), or it is too large or nested too deeply.

    """
    try:
        return json.loads(text, object_pairs_hook=_unique_keys, parse_float=_number, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def escaped(name: str) -> str:
    """Return `name` as a token of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("repeated key")
    return made


def _number(text: str) -> NumberText:
    number = NumberText(text)
    if isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} isn't JSON")
