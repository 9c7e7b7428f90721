"""Names and values given beside an expression, put into its tree's paths and references.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeValues.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from crossgrant.local.services.dynamodb.expressions.syntax import ExpressionError, Path, Reference
from crossgrant.local.services.dynamodb.values import Item, Value

DocumentPath: TypeAlias = tuple[str | int, ...]


@dataclass(slots=True)
class Placeholders:
    """The names and values of one call, and which of them its expressions used."""

    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def path(self, path: Path) -> DocumentPath:
        """Return the path with its names put in.

        Raises:
            ExpressionError: a name that isn't given.

        """
        parts = path.parts
        for part in parts:
            if isinstance(part, str) and part[0] == "#":
                return tuple(self._name(part) if isinstance(part, str) and part[0] == "#" else part for part in parts)
        return parts

    def _name(self, reference: str) -> str:
        name = self.names.get(reference)
        if name is None:
            raise ExpressionError(
                f"An expression attribute name used in the document path is not defined; attribute name: {reference}"
            )
        self.used.add(reference)
        return name

    def value(self, reference: Reference) -> Value:
        """Return the value that `reference` names.

        Raises:
            ExpressionError: a value that isn't given.

        """
        value = self.values.get(reference.name)
        if value is None:
            raise ExpressionError(
                f"An expression attribute value used in expression is not defined; attribute value: {reference.name}"
            )
        self.used.add(reference.name)
        return value

    def unused(self, given: Iterable[str]) -> list[str]:
        """Return those of `given` that no expression used."""
        return [name for name in given if name not in self.used]


def resolve(item: Item, path: DocumentPath) -> Value | None:
    """Return the value at `path` in the item, or None when there is none."""
    value: Value | None = item.get(path[0])  # type: ignore[arg-type]  # a path begins with a name
    for part in path[1:]:
        if value is None:
            return None
        value = child(value, part)
    return value


def child(value: Value, part: str | int) -> Value | None:
    """Return a map's or list's element, or None when there is none."""
    found: Value | None
    if isinstance(part, str):
        found = value["M"].get(part) if "M" in value else None
    else:
        found = value["L"][part] if "L" in value and part < len(value["L"]) else None
    return found


def written(path: DocumentPath) -> str:
    """Return the path as AWS's errors write it: `[a, b, [0]]`."""
    return "[" + ", ".join(part if isinstance(part, str) else f"[{part}]" for part in path) + "]"


def check_overlap(paths: Iterable[DocumentPath]) -> None:
    """Check that no path holds another, and that no two treat one place as a map and as a list.

    Raises:
        ExpressionError: AWS's text, with the first two that do.

    """
    seen: list[DocumentPath] = []
    for path in paths:
        for earlier in seen:
            problem = _clash(earlier, path)
            if problem:
                raise ExpressionError(
                    f"Two document paths {problem} with each other; must remove or rewrite one of these paths; "
                    f"path one: {written(earlier)}, path two: {written(path)}"
                )
        seen.append(path)


def _clash(one: DocumentPath, two: DocumentPath) -> str | None:
    for left, right in zip(one, two, strict=False):
        if left != right:
            return "conflict" if isinstance(left, str) != isinstance(right, str) else None
    return "overlap"
