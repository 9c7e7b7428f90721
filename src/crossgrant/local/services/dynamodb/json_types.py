"""The JSON types of an input: what AWS's front end refuses before any value is looked at.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.dynamodb.errors import serialization


def check_value_types(value: object) -> None:
    """Check the JSON types of one attribute value.

    Raises:
        ServiceError: SerializationException.

    """
    if type(value) is not dict:
        if type(value) is list:
            raise serialization("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue")
        raise serialization("Unexpected value type in payload")
    ignored: list[str] = []
    for kind, content in value.items():
        if (kind == "S" or kind == "N") and type(content) is str:  # noqa: PLR1714 - twice as fast as a membership test
            continue
        check_type = _TYPE_CHECKS.get(kind)
        if check_type is None or content is None:  # members that AWS's model doesn't know, and null, are absent
            ignored.append(kind)
        else:
            check_type(content)
    for kind in ignored:
        del value[kind]


def check_item_types(item: object) -> None:
    """Check the JSON types of a map of attribute values; errors as `check_value_types`."""
    if type(item) is not dict:
        if type(item) is list:
            raise serialization(
                "Unrecognized collection type java.util.Map<java.lang.String, "
                "com.amazonaws.dynamodb.v20120810.AttributeValue>"
            )
        raise serialization("Unexpected field type")
    for value in item.values():
        if type(value) is not dict or len(value) != 1 or type(value.get("S")) is not str:  # S, the commonest, is right
            check_value_types(value)


_SCALAR_NAMES: dict[type, str] = {str: "STRING_VALUE", int: "NUMBER_VALUE", float: "DECIMAL_VALUE"}
_JAVA = {"String": "java.lang.String", "Boolean": "java.lang.Boolean", "Integer": "java.lang.Integer"}
_STRUCTURE = "Start of structure or map found where not expected"


def _wrong_scalar(content: object, wanted: str) -> ServiceError:
    if type(content) is dict:
        return serialization(_STRUCTURE)
    if type(content) is list:
        return serialization(f"Unrecognized collection type class {_JAVA.get(wanted, 'java.lang.' + wanted)}")
    if content is True or content is False:
        return serialization(f"{str(content).upper()}_VALUE cannot be converted to {wanted}")
    return serialization(f"{_SCALAR_NAMES.get(type(content), 'NULL_VALUE')} cannot be converted to {wanted}")


def check_string_type(content: object) -> None:
    """Check that the JSON holds a string."""
    if type(content) is not str:
        raise _wrong_scalar(content, "String")


def check_boolean_type(content: object) -> None:
    """Check that the JSON holds a boolean."""
    if type(content) is not bool:
        raise (
            serialization("Unexpected token received from parser")
            if type(content) is str
            else _wrong_scalar(content, "Boolean")
        )


def check_integer_type(content: object, wanted: str = "Integer") -> None:
    """Check that the JSON holds a number that Java's type has room for."""
    if type(content) is not int and type(content) is not float:
        raise _wrong_scalar(content, wanted)
    if not abs(content) < _JAVA_LIMITS[wanted]:
        raise _wrong_scalar(content, wanted)


_JAVA_LIMITS = {"Integer": 2**31, "Long": 2**63}


def check_blob_type(content: object) -> None:
    """Check that the JSON holds base64."""
    if type(content) is dict:
        raise serialization(_STRUCTURE)
    if type(content) is list:
        raise serialization("Unrecognized collection type class java.nio.ByteBuffer")
    if type(content) is not str:
        raise serialization("only base-64-encoded strings are convertible to bytes")
    if len(content) % 4:
        raise serialization(f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(content)}")
    try:
        raw = b64decode(content, validate=True)
    except ValueError:  # no base64, or no ASCII
        raise serialization("Invalid last non-pad Base64 character dectected") from None
    if binascii.b2a_base64(raw, newline=False).decode() != content:
        raise serialization("Invalid last non-pad Base64 character dectected")


def check_list_type(content: object) -> None:
    """Check that the JSON holds a list."""
    if type(content) is not list:
        raise serialization(_STRUCTURE if type(content) is dict else "Unexpected field type")


def _list_of(check_element: Callable[[object], None]) -> Callable[[object], None]:
    def check_list(content: object) -> None:
        check_list_type(content)
        for element in content:  # type: ignore[attr-defined]  # a list, as checked on the line above
            check_element(element)

    return check_list


_TYPE_CHECKS: dict[str, Callable[[object], None]] = {
    "S": check_string_type,
    "N": check_string_type,
    "B": check_blob_type,
    "BOOL": check_boolean_type,
    "NULL": check_boolean_type,
    "SS": _list_of(check_string_type),
    "NS": _list_of(check_string_type),
    "BS": _list_of(check_blob_type),
    "L": _list_of(check_value_types),
    "M": check_item_types,
}
