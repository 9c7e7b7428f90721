"""Policy documents as a grant derives them: statements as values, and the JSON they become.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a statement names: `AWS` or `Service`, and one ARN, account or service."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One Allow. A derived policy denies nothing: what no statement allows is denied already."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()  # empty in a trust policy, which stands for its own role
    principal: Principal | None = None  # None in an identity-based policy
    conditions: tuple[Condition, ...] = ()

    def also_if(self, conditions: tuple[Condition, ...]) -> Statement:
        """Return the statement with more conditions, all of which must hold."""
        return replace(self, conditions=(*self.conditions, *conditions))

    def as_json(self) -> dict[str, Json]:
        """Return the statement with AWS's element names, single values as text."""
        statement: dict[str, Json] = {"Sid": self.sid, "Effect": "Allow"}
        if self.principal is not None:
            statement["Principal"] = {self.principal.kind: self.principal.value}
        statement["Action"] = _one_or_many(self.actions)
        if self.resources:
            statement["Resource"] = _one_or_many(self.resources)
        if self.conditions:
            statement["Condition"] = _condition_block(self.conditions)
        return statement


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document of version 2012-10-17."""

    statements: tuple[Statement, ...]

    def as_json(self) -> dict[str, Json]:
        """Return the document as AWS takes it."""
        return {"Version": "2012-10-17", "Statement": [statement.as_json() for statement in self.statements]}


def _condition_block(conditions: tuple[Condition, ...]) -> dict[str, Json]:
    block: dict[str, dict[str, Json]] = {}
    for condition in conditions:
        block.setdefault(condition.operator, {})[condition.key] = _one_or_many(condition.values)
    return dict[str, Json](block)


def _one_or_many(values: tuple[str, ...]) -> Json:
    return values[0] if len(values) == 1 else list[Json](values)


def string_equals(values: Mapping[str, str | None]) -> tuple[Condition, ...]:
    """Return a StringEquals condition for each key that has a value."""
    return tuple(Condition("StringEquals", key, (value,)) for key, value in values.items() if value is not None)
