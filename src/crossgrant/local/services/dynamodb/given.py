"""Expressions as a call gives them: which parameters may stand together, names and values, and AWS's prefixes.

The order of the checks is AWS's: parameters together, names, values, each expression, what is left unused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.dynamodb import values
from crossgrant.local.services.dynamodb.errors import invalid_parameter, validation
from crossgrant.local.services.dynamodb.expressions import DocumentPath, ExpressionError, Placeholders

T = TypeVar("T")

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
_LONGEST_PLACEHOLDER = 255

_valid_name = re.compile(r"#[0-9a-zA-Z_]+").fullmatch
_valid_value = re.compile(r":[0-9a-zA-Z_]+").fullmatch


def check_together(given: dict[str, Any], expressions: tuple[str, ...], legacy: tuple[str, ...]) -> None:
    """Check that expressions don't stand beside the parameters they replaced, nor placeholders without expressions.

    Raises:
        ServiceError: AWS's text.

    """
    present = [name for name in expressions if name in given]
    if present:
        replaced = [name for name in legacy if name in given]
        # KeyConditions may stand beside the other expressions of a Query.
        if "KeyConditions" in replaced and "KeyConditionExpression" not in present:
            replaced.remove("KeyConditions")
        if replaced:
            raise validation(
                "Can not use both expression and non-expression parameters in the same request: "
                f"Non-expression parameters: {{{', '.join(replaced)}}} Expression parameters: {{{', '.join(present)}}}"
            )
    if "ExpressionAttributeNames" in given and not present:
        raise validation("ExpressionAttributeNames can only be specified when using expressions")
    if "ExpressionAttributeValues" in given:
        valued = [name for name in expressions if name != "ProjectionExpression"]
        if not any(name in given for name in valued):
            raise validation(
                "ExpressionAttributeValues can only be specified when using expressions: "
                f"{' and '.join(valued)} {'are' if len(valued) > 1 else 'is'} null"
            )


def placeholders(given: dict[str, Any]) -> Placeholders:
    """Return the names and values that a call gives, checked.

    Raises:
        ServiceError: AWS's text.

    """
    names = given.get("ExpressionAttributeNames")
    if names is not None:
        _check_placeholders("ExpressionAttributeNames", names, _valid_name, values.check_name)
    bound = given.get("ExpressionAttributeValues")
    if bound is not None:
        _check_placeholders("ExpressionAttributeValues", bound, _valid_value, values.check)
    return Placeholders(names or {}, bound or {})


def _check_placeholders(
    parameter: str, given: Mapping[str, Any], valid: Callable[[str], object], check: Callable[[Any], object]
) -> None:
    if not given:
        raise validation(f"{parameter} must not be empty")
    for name in given:
        if not valid(name):
            raise validation(f'{parameter} contains invalid key: Syntax error; key: "{name}"')
        if len(name) > _LONGEST_PLACEHOLDER:
            raise validation(
                f"{parameter} contains invalid key: The expression attribute map contains a key that is too long; "
                f"size of key: {len(name)}"
            )
    for name, content in given.items():
        try:
            check(content)
        except ServiceError as error:
            raise validation(f"{parameter} contains invalid value: {error.message} for key {name}") from None


def expression(
    given: dict[str, Any], parameter: str, read: Callable[[str, Placeholders], T], placeholders: Placeholders
) -> T | None:
    """Return what `read` makes of an expression, or None when it isn't given; its error names the parameter."""
    text = given.get(parameter)
    if text is None:
        return None
    try:
        return read(text, placeholders)
    except ExpressionError as error:
        raise validation(f"Invalid {parameter}: {error}") from None


def check_used(placeholders: Placeholders) -> None:
    """Check that every name and value was used.

    Raises:
        ServiceError: AWS's text.

    """
    for parameter, given in (
        ("ExpressionAttributeNames", placeholders.names),
        ("ExpressionAttributeValues", placeholders.values),
    ):
        if given and (left := placeholders.unused(given)):
            raise validation(f"Value provided in {parameter} unused in expressions: keys: {{{', '.join(left)}}}")


def attributes_to_get(given: dict[str, Any]) -> tuple[DocumentPath, ...] | None:
    """Return the paths of the legacy AttributesToGet.

    Raises:
        ServiceError: a name stands twice.

    """
    names = given.get("AttributesToGet")
    if names is None:
        return None
    seen = set()
    for name in names:
        values.check_name(name)
        if name in seen:
            raise invalid_parameter(f"Duplicate value in attribute name: {name}")
        seen.add(name)
    return tuple((name,) for name in names)
