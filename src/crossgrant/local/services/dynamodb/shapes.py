"""What an input must look like: JSON types first, then constraints, each with AWS's texts.

A wrong type is a SerializationException at once; broken constraints are gathered, up to ten, into one
ValidationException, in the order of the operation's table of members.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from crossgrant.local.services.dynamodb import json_types
from crossgrant.local.services.dynamodb.errors import serialization, validation

_MOST_ERRORS = 10

Constraints = Callable[[str, Any, list[str]], None]


class Shape(NamedTuple):
    """A type's check, and its constraints where it has any."""

    check_type: Callable[[Any], None]
    constraints: Constraints | None = None


class Member(NamedTuple):
    """A member of a structure."""

    name: str
    shape: Shape
    required: bool = False


def _sentence(path: str, value: object, rule: str) -> str:
    return f"Value {_shown(value)} at '{path}' failed to satisfy constraint: {rule}"


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"'[{', '.join(str(each) if isinstance(each, str) else json.dumps(each) for each in value)}]'"
    return f"'{json.dumps(value) if isinstance(value, dict) else value}'"


def _lengths(least: int | None, most: int | None) -> Constraints:
    def constraints(path: str, value: Any, errors: list[str]) -> None:
        if least is not None and len(value) < least:
            errors.append(_sentence(path, value, f"Member must have length greater than or equal to {least}"))
        if most is not None and len(value) > most:
            errors.append(_sentence(path, value, f"Member must have length less than or equal to {most}"))

    return constraints


def string(
    least: int | None = None, most: int | None = None, *, enum: Iterable[str] = (), pattern: str | None = None
) -> Shape:
    """Return the shape of a string, with bounds to its length, a pattern, or the values it may have."""
    allowed = tuple(enum)
    if allowed:

        def one_of(path: str, value: str, errors: list[str]) -> None:
            if value not in allowed:
                rule = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
                errors.append(_sentence(path, value, rule))

        return Shape(json_types.check_string_type, one_of)
    if pattern is not None:
        matches, lengths = re.compile(pattern).fullmatch, _lengths(least, most)

        def patterned(path: str, value: str, errors: list[str]) -> None:
            if not matches(value):
                rule = f"Member must satisfy regular expression pattern: {pattern}"
                errors.append(_sentence(path, value, rule))
            lengths(path, value, errors)

        return Shape(json_types.check_string_type, patterned)
    return Shape(json_types.check_string_type, _lengths(least, most) if least is not None or most is not None else None)


def integer(least: int | None = None, most: int | None = None, *, java: str = "Integer") -> Shape:
    """Return the shape of a whole number with its bounds; `java` is its type in AWS's texts."""

    def bounds(path: str, value: int, errors: list[str]) -> None:
        if least is not None and value < least:
            errors.append(_sentence(path, value, f"Member must have value greater than or equal to {least}"))
        if most is not None and value > most:
            errors.append(_sentence(path, value, f"Member must have value less than or equal to {most}"))

    return Shape(lambda value: json_types.check_integer_type(value, java), bounds)


BOOLEAN = Shape(json_types.check_boolean_type)
ITEM = Shape(json_types.check_item_types)
VALUE = Shape(json_types.check_value_types)
STRING = string()


def list_of(element: Shape, least: int | None = None, most: int | None = None) -> Shape:
    """Return the shape of a list."""
    lengths = _lengths(least, most)

    def check_type(value: object) -> None:
        json_types.check_list_type(value)
        for each in value:  # type: ignore[attr-defined]  # a list, as checked on the line above
            element.check_type(each)

    def constraints(path: str, value: list[Any], errors: list[str]) -> None:
        lengths(path, value, errors)
        if element.constraints is not None:
            for place, each in enumerate(value, 1):
                element.constraints(f"{path}.{place}.member", each, errors)

    return Shape(check_type, constraints)


def map_of(
    element: Shape,
    least: int | None = None,
    most: int | None = None,
    *,
    java: str = "com.amazonaws.dynamodb.v20120810.AttributeValue",
) -> Shape:
    """Return the shape of a map; `java` is its values' type in AWS's texts."""
    lengths = _lengths(least, most)

    def check_type(value: object) -> None:
        if type(value) is not dict:
            if type(value) is list:
                raise serialization(f"Unrecognized collection type java.util.Map<java.lang.String, {java}>")
            raise serialization("Unexpected field type")
        for each in value.values():
            element.check_type(each)

    def constraints(path: str, value: dict[str, Any], errors: list[str]) -> None:
        lengths(path, value, errors)
        if element.constraints is not None:
            for name, each in value.items():
                element.constraints(f"{path}.{name}.member", each, errors)

    return Shape(check_type, constraints)


def structure(java: str, *members: Member) -> Shape:
    """Return the shape of a structure; `java` is its name in AWS's texts."""
    inside = Structure(java, *members)
    return Shape(inside.check_types, inside.constraints)


class Structure:
    """Named members, in the order in which AWS reports their broken constraints."""

    def __init__(self, java: str, *members: Member) -> None:
        self._java = java
        self._types = {member.name: member.shape.check_type for member in members}
        self._rules = tuple(
            (member.name, member.name[0].lower() + member.name[1:], member.required, member.shape.constraints)
            for member in members
            if member.required or member.shape.constraints
        )

    @property
    def names(self) -> frozenset[str]:
        """The names of the members."""
        return frozenset(self._types)

    def check_types(self, value: object) -> None:
        """Check the JSON types within; members that are unknown or null are taken out: they are absent."""
        if type(value) is not dict:
            if type(value) is list:
                java = f"class com.amazonaws.dynamodb.v20120810.{self._java}"
                raise serialization(f"Unrecognized collection type {java}")
            raise serialization("Unexpected value type in payload")
        ignored = []
        for name, content in value.items():
            check_type = self._types.get(name)
            if check_type is None or content is None:
                ignored.append(name)
            else:
                check_type(content)
                if type(content) is float:  # no member is one: AWS cuts it off
                    value[name] = int(content)
        for name in ignored:
            del value[name]

    def constraints(self, path: str, value: Mapping[str, Any], errors: list[str]) -> None:
        """Add a sentence to `errors` for each broken constraint within."""
        prefix = f"{path}." if path else ""
        for name, shown, required, constraints in self._rules:
            content = value.get(name)
            if content is None:
                if required:
                    errors.append(_sentence(prefix + shown, None, "Member must not be null"))
            elif constraints is not None:
                constraints(prefix + shown, content, errors)

    def check_with_table(self, value: dict[str, Any]) -> None:
        """Check the input of an operation on a table itself, which says in its own words that it lacks one.

        Raises:
            ServiceError: as `check`.

        """
        if value.get("TableName") is None:
            self.check_types(value)
            raise validation("The parameter 'TableName' is required but was not present in the request")
        self.check(value)

    def check(self, value: dict[str, Any]) -> None:
        """Check an operation's input.

        Raises:
            ServiceError: SerializationException, or ValidationException with every broken constraint.

        """
        try:
            self.check_types(value)
        except RecursionError:
            raise validation(
                "Nesting Levels have exceeded supported limits: "
                "Attributes in the item have nested levels beyond supported limit"
            ) from None
        errors: list[str] = []
        self.constraints("", value, errors)
        if errors:
            raise validation(
                f"{len(errors)} validation error{'s' if len(errors) > 1 else ''} detected: "
                + "; ".join(errors[:_MOST_ERRORS])
            )
