"""Attribute values, as the API writes them: `{"S": "text"}`, `{"N": "1.5"}`, `{"L": [{"BOOL": true}]}`.

A value is its wire form: a dict of one type and one content, binary as base64. Nothing is converted on the way to the
store and back, so that an item is read once and written once. `check` runs in place: it normalizes numbers.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from crossgrant.local.services.dynamodb import numbers
from crossgrant.local.services.dynamodb.errors import invalid_parameter, validation

Value = dict[str, Any]
Item = dict[str, Value]

MAX_ITEM_SIZE = 400 * 1024
MAX_NAME_SIZE = 65535
MAX_NESTING = 31  # lists and maps around a scalar: AWS counts the scalar as a level too, of 32
_OVERHEAD = 3  # of a list or map, and one byte for each of its elements

ITEM_TOO_LARGE = "Item size has exceeded the maximum allowed size"
_EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
_SEVERAL = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
)


def type_of(value: Value) -> str:
    """Return the value's type: `S`, `N`, `B`, `SS`, `NS`, `BS`, `BOOL`, `NULL`, `L` or `M`."""
    return next(iter(value))


def check_item(item: Item) -> int:
    """Check and normalize every value of `item` in place; return the item's size in bytes."""
    total = 0
    for name, value in item.items():
        total += len(name) if name.isascii() else len(name.encode())
        text = value.get("S")
        if text is not None and len(value) == 1:  # the commonest value, without a call
            total += len(text) if text.isascii() else len(text.encode())
        else:
            total += check(value)
    _check_names(item, total)
    return total


def check_name(name: str) -> None:
    """Check the length of an attribute's name.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-attributes

    Raises:
        ServiceError: it is empty, or of 64 KB.

    """
    if not name:
        raise validation("Empty attribute name")
    if len(name.encode()) > MAX_NAME_SIZE:
        raise validation(f"Attribute name is too large, must be less than {MAX_NAME_SIZE + 1} bytes")


def _check_names(item: Item, size: int) -> None:
    if size > MAX_NAME_SIZE or "" in item:  # else no name can be too long
        for name in item:
            check_name(name)


def item_size(item: Item) -> int:
    """Return the size in bytes of an item that was checked before."""
    return sum((len(name) if name.isascii() else len(name.encode())) + size(value) for name, value in item.items())


def check(value: Value, depth: int = 1) -> int:
    """Check and normalize one value in place; return its size in bytes.

    Raises:
        ServiceError: AWS's refusal of the value.

    """
    if len(value) != 1:
        for content in value.items():
            _CHECKS.get(content[0], _check_unknown)(dict([content]), content[1], depth)
        raise validation(_SEVERAL if value else _EMPTY)
    ((kind, content),) = value.items()
    return _CHECKS.get(kind, _check_unknown)(value, content, depth)


def _check_unknown(_value: Value, _content: object, _depth: int) -> int:
    raise validation(_EMPTY)


def _check_string(_value: Value, content: str, _depth: int) -> int:
    return len(content) if content.isascii() else len(content.encode())


def _check_number(value: Value, content: str, _depth: int) -> int:
    value["N"] = text = numbers.normalized(content)
    return numbers.size(text)


def _check_binary(_value: Value, content: str, _depth: int) -> int:
    return len(b64decode(content))


def _check_boolean(_value: Value, _content: bool, _depth: int) -> int:  # noqa: FBT001 - the value checked
    return 1


def _check_null(_value: Value, content: bool, _depth: int) -> int:  # noqa: FBT001 - the value checked
    if content is not True:
        raise invalid_parameter("Null attribute value types must have the value of true")
    return 1


def _check_string_set(_value: Value, content: list[str], _depth: int) -> int:
    if not content:
        raise invalid_parameter("An string set  may not be empty")
    if len(set(content)) != len(content):
        raise invalid_parameter(f"Input collection [{', '.join(content)}] contains duplicates.")
    return sum(len(text.encode()) for text in content)


def _check_number_set(value: Value, content: list[str], _depth: int) -> int:
    if not content:
        raise invalid_parameter("An number set  may not be empty")
    value["NS"] = texts = [numbers.normalized(text) for text in content]
    if len(set(texts)) != len(texts):
        raise validation("Input collection contains duplicates")
    return sum(map(numbers.size, texts))


def _check_binary_set(_value: Value, content: list[str], _depth: int) -> int:
    if not content:
        raise invalid_parameter("Binary sets should not be empty")
    if len(set(content)) != len(content):
        raise invalid_parameter(f"Input collection [{', '.join(content)}]of type BS contains duplicates.")
    return sum(len(b64decode(text)) for text in content)


def _check_list(_value: Value, content: list[Value], depth: int) -> int:
    _check_depth(depth)
    return _OVERHEAD + sum(1 + check(element, depth + 1) for element in content)


def _check_map(_value: Value, content: Item, depth: int) -> int:
    _check_depth(depth)
    total = sum(1 + len(name.encode()) + check(element, depth + 1) for name, element in content.items())
    _check_names(content, total)
    return _OVERHEAD + total


def _check_depth(depth: int) -> None:
    if depth > MAX_NESTING:
        raise validation(
            "Nesting Levels have exceeded supported limits: "
            "Attributes in the item have nested levels beyond supported limit"
        )


_CHECKS: dict[str, Callable[[Value, Any, int], int]] = {
    "S": _check_string,
    "N": _check_number,
    "B": _check_binary,
    "BOOL": _check_boolean,
    "NULL": _check_null,
    "SS": _check_string_set,
    "NS": _check_number_set,
    "BS": _check_binary_set,
    "L": _check_list,
    "M": _check_map,
}


def size(value: Value) -> int:
    """Return the size in bytes of a value that was checked before.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html#ItemSizes
    """
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content) if content.isascii() else len(content.encode())
        case "N":
            return numbers.size(content)
        case "B":
            return len(b64decode(content))
        case "SS":
            return sum(len(text.encode()) for text in content)
        case "NS":
            return sum(map(numbers.size, content))
        case "BS":
            return sum(len(b64decode(text)) for text in content)
        case "L":
            return _OVERHEAD + sum(1 + size(element) for element in content)
        case "M":
            return _OVERHEAD + sum(1 + len(name.encode()) + size(element) for name, element in content.items())
    return 1  # BOOL and NULL


def equal(left: Value, right: Value) -> bool:
    """Return whether two checked values are equal: same type, same content, sets in any order."""
    ((kind, content),) = left.items()
    other = right.get(kind)
    if other is None:
        return False
    match kind:
        case "SS" | "NS" | "BS":
            return len(content) == len(other) and set(content) == set(other)
        case "L":
            return len(content) == len(other) and all(map(equal, content, other))
        case "M":
            return content.keys() == other.keys() and all(equal(content[name], other[name]) for name in content)
    return bool(content == other)


def ordered(value: Value) -> tuple[str, Any] | None:
    """Return the type and a content that sorts as DynamoDB orders it, or None for a type without an order."""
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return kind, content.encode()
        case "N":
            return kind, Decimal(content)
        case "B":
            return kind, b64decode(content)
    return None
