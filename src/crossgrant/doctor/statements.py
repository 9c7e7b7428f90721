"""Statements of a policy document as plain JSON, with their places: for naming what decided and for patches.

What a statement means is `crossgrant.iam`'s alone; here is only how it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crossgrant.doctor.patch import pointer
from crossgrant.evidence import JsonObject

ACCOUNT = re.compile(r"^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)")
UNIQUE_ID = re.compile(r"^A(?:ROA|IDA)[A-Z0-9]{12,}$")
ROLE = re.compile(r"^arn:[\w-]+:iam::(?P<account>\d{12}):role/(?P<path>(?:[!-~]*/)?)(?P<name>[\w+=,.@-]+)$")
SESSION = re.compile(
    r"^arn:[\w-]+:sts::(?P<account>\d{12}):assumed-role/(?P<role>[\w+=,.@-]+)/(?P<session>[\w+=,.@-]+)$"
)


@dataclass(frozen=True, slots=True)
class Written:
    """One statement and the pointer to it."""

    pointer: str
    body: JsonObject

    @property
    def allows(self) -> bool:
        """Whether its Effect is Allow."""
        return bool(self.body.get("Effect") == "Allow")

    def principals(self, kind: str = "AWS") -> tuple[str, ...]:
        """Return its principals of a kind; a bare `*` is an AWS principal."""
        named = self.body.get("Principal")
        if isinstance(named, str):
            return (named,) if kind == "AWS" else ()
        return texts(named.get(kind)) if isinstance(named, Mapping) else ()

    def conditions(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield each condition's operator, key and values."""
        block = self.body.get("Condition")
        for operator, keys in block.items() if isinstance(block, Mapping) else ():
            for key, values in keys.items() if isinstance(keys, Mapping) else ():
                yield operator, key, texts(values)

    def condition_values(self, key: str) -> tuple[str, ...]:
        """Return every value that its conditions give for a key."""
        return tuple(value for _, name, values in self.conditions() if name.lower() == key.lower() for value in values)


def statements(document: JsonObject) -> tuple[Written, ...]:
    """Return a document's statements; a single one may stand without a list."""
    written = document.get("Statement")
    if isinstance(written, Mapping):
        return (Written("/Statement/0", written),)
    listed = written if isinstance(written, list) else []
    return tuple(
        Written(pointer("Statement", number), each) for number, each in enumerate(listed) if isinstance(each, Mapping)
    )


def add_statement(document: JsonObject, statement: JsonObject) -> tuple[Mapping[str, Any], ...]:
    """Return the patch that adds a statement to a document."""
    if isinstance(document.get("Statement"), list):
        return ({"op": "add", "path": "/Statement/-", "value": statement},)
    return ({"op": "replace", "path": "/Statement", "value": [document.get("Statement"), statement]},)


def in_document(document: JsonObject, place: str) -> str:
    """Return a statement's pointer as it stands in the document: a single statement has no number."""
    return place.replace("/Statement/0", "/Statement", 1) if isinstance(document.get("Statement"), Mapping) else place


def texts(value: Any) -> tuple[str, ...]:
    """Return a text or a list of texts as a tuple; numbers and booleans as JSON writes them."""
    if value is None:
        return ()
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(each if isinstance(each, str) else str(each).lower() for each in listed)


def account_in(principal: str) -> str | None:
    """Return the account that a principal's text names, or None."""
    found = ACCOUNT.match(principal)
    return found[1] if found else None


def same_but_path(one: str, other: str) -> bool:
    """Return whether two role ARNs differ only by their path."""
    first, second = ROLE.match(one), ROLE.match(other)
    if not (first and second) or one == other:
        return False
    return (first["account"], first["name"]) == (second["account"], second["name"])
