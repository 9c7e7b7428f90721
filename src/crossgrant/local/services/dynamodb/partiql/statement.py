"""PartiQL statements as values: what they act on, and conditions in the nodes of DynamoDB's own expressions.

Literals and parameters become values under generated references, so that the engine of expressions does the rest.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from crossgrant.local.services.dynamodb import values
from crossgrant.local.services.dynamodb.expressions import Action, DocumentPath, Node, Placeholders
from crossgrant.local.services.dynamodb.values import Item, Value

MAX_LENGTH = 8192


@dataclass(frozen=True, slots=True)
class Source:
    """The table, or the table's index, that a statement names."""

    table: str
    index: str | None = None


@dataclass(frozen=True, slots=True)
class Select:
    """SELECT: paths (None for all), a condition, and the order of the sort key."""

    source: Source
    paths: tuple[DocumentPath, ...] | None
    where: Node | None
    order: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Insert:
    """INSERT: an item that must be new."""

    source: Source
    item: Item


@dataclass(frozen=True, slots=True)
class Update:
    """UPDATE: actions on the item that the condition's equalities name."""

    source: Source
    actions: tuple[Action, ...]
    where: Node | None
    returning: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE: of the item that the condition's equalities name."""

    source: Source
    where: Node | None
    returning: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Exists:
    """EXISTS: a check within a transaction."""

    select: Select


Statement: TypeAlias = Select | Insert | Update | Delete | Exists


@dataclass(frozen=True, slots=True)
class Parsed:
    """A statement and the values that its references name."""

    statement: Statement
    placeholders: Placeholders


def parse(text: str, parameters: list[Value]) -> Parsed:
    """Return the statement that `text` states with these parameters.

    Raises:
        ServiceError: it isn't well formed, or takes another number of parameters.

    """
    from crossgrant.local.services.dynamodb.partiql.parser import parsed  # noqa: PLC0415 - it imports lark

    for value in parameters:
        values.check(value)
    return parsed(text, parameters)
