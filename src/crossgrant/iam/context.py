"""The request context: condition keys and their values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/intro-structure-request.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Self, TypeAlias

Scalar: TypeAlias = str | bool | int | float
ContextValue: TypeAlias = "Scalar | Sequence[Scalar] | None"
Values: TypeAlias = "tuple[str, ...] | None"


class NumberText(float):
    """A JSON number that keeps the text it was written in."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Read `text`, a JSON number."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __repr__(self) -> str:
        return self.text


class RequestContext:
    """What is known about a request, by key in lower case (rule 34).

    None stands for a key known to be absent. Where `complete` is false, nothing is known of a key that isn't here.
    `given` keeps the keys and values as they were given.
    """

    __slots__ = ("complete", "given", "values")

    def __init__(self, values: Mapping[str, Values], given: Mapping[str, ContextValue], *, complete: bool) -> None:
        self.values = values
        self.given = given
        self.complete = complete

    @classmethod
    def of(cls, keys: Mapping[str, ContextValue], complete: bool = True) -> RequestContext:  # noqa: FBT001, FBT002 - a field's name
        """Make a context of `keys`; numbers and booleans become their JSON text."""
        values: dict[str, Values] = {}
        for name, value in keys.items():
            key = name.lower()
            if isinstance(value, str):
                values[key] = (value,)
            elif value is None:
                values[key] = None
            elif isinstance(value, bool | int | float):
                values[key] = (json_text(value),)
            else:
                values[key] = tuple(map(json_text, value))
        return cls(values, keys, complete=complete)


def json_text(value: Scalar) -> str:
    """Return the text that a condition compares: a string's own, else the value as JSON writes it."""
    if isinstance(value, str):
        return value
    return value.text if isinstance(value, NumberText) else json.dumps(value)


EMPTY = RequestContext({}, {}, complete=True)
