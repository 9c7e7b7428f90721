"""The parameters that expressions replaced and that SDKs still send.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crossgrant.local.services.dynamodb import values
from crossgrant.local.services.dynamodb.errors import invalid_parameter, validation
from crossgrant.local.services.dynamodb.expressions import (
    BoundAction,
    BoundUpdate,
    Condition,
    DocumentPath,
    KeyCondition,
    KeyConditions,
    comparison,
)
from crossgrant.local.services.dynamodb.values import Item, Value, type_of

# How many values each operator takes: the least and the most, None for any number.
_COUNTS: Mapping[str, tuple[int, int | None]] = {
    "NULL": (0, 0),
    "NOT_NULL": (0, 0),
    "EQ": (1, 1),
    "NE": (1, 1),
    "LE": (1, 1),
    "LT": (1, 1),
    "GE": (1, 1),
    "GT": (1, 1),
    "CONTAINS": (1, 1),
    "NOT_CONTAINS": (1, 1),
    "BEGINS_WITH": (1, 1),
    "IN": (1, None),
    "BETWEEN": (2, 2),
}
_SCALARS = ("S", "N", "B")
_TYPES: Mapping[str, tuple[str, ...]] = {
    "LE": _SCALARS,
    "LT": _SCALARS,
    "GE": _SCALARS,
    "GT": _SCALARS,
    "CONTAINS": _SCALARS,
    "NOT_CONTAINS": _SCALARS,
    "BEGINS_WITH": ("S", "B"),
    "IN": _SCALARS,
    "BETWEEN": _SCALARS,
}
_BOUNDS = "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"


def check_conditional_operator(asked: Mapping[str, Any], parameter: str) -> None:
    """Check that ConditionalOperator stands beside conditions to combine: those of `parameter`.

    Raises:
        ServiceError: AWS's text.

    """
    if "ConditionalOperator" not in asked:
        return
    count = len(asked.get(parameter, ()))
    if count == 0:
        raise validation("ConditionalOperator cannot be used without Filter or Expected")
    if count == 1:
        raise validation("ConditionalOperator can only be used when Filter or Expected has two or more elements")


def check_conditions(conditions: Mapping[str, Any]) -> None:
    """Check KeyConditions, QueryFilter or ScanFilter.

    Raises:
        ServiceError: AWS's text.

    """
    for name, condition in conditions.items():
        values.check_name(name)
        operator, operands = condition["ComparisonOperator"], condition.get("AttributeValueList", [])
        for value in operands:
            values.check(value)
        _check_count(operator, len(operands))
        _check_same_type(operands)
        _check_types(operator, operands)
        _check_bounds(operator, operands)


def _check_types(operator: str, operands: list[Value]) -> None:
    allowed = _TYPES.get(operator)
    for value in operands:
        if allowed and type_of(value) not in allowed:
            raise invalid_parameter(
                f"ComparisonOperator {operator} is not valid for {type_of(value)} AttributeValue type"
            )


def _check_count(operator: str, count: int) -> None:
    least, most = _COUNTS[operator]
    if count < least or (most is not None and count > most):
        raise invalid_parameter(f"Invalid number of argument(s) for the {operator} ComparisonOperator")


def _check_same_type(operands: list[Value]) -> None:
    if len({type_of(value) for value in operands}) > 1:
        raise invalid_parameter("AttributeValues inside AttributeValueList must be of same type")


def _check_bounds(operator: str, operands: list[Value]) -> None:
    if operator == "BETWEEN" and comparison("GT", operands[0], operands[1:]):
        raise validation(_BOUNDS)


def filter_of(conditions: Mapping[str, Any], conditional_operator: str) -> Condition:
    """Return the condition that a QueryFilter or ScanFilter states."""
    tests = [
        (name, condition["ComparisonOperator"], condition.get("AttributeValueList", []))
        for name, condition in conditions.items()
    ]
    return _condition(tests, conditional_operator)


def _condition(tests: list[tuple[str, str, list[Value]]], conditional_operator: str) -> Condition:
    combine = any if conditional_operator == "OR" else all

    def test(item: Item) -> bool:
        return combine(comparison(operator, item.get(name), operands) for name, operator, operands in tests)

    return Condition(test, tuple((name,) for name, _, _ in tests), by_expression=False)


def key_conditions(conditions: Mapping[str, Any]) -> KeyConditions:
    """Return what KeyConditions state."""
    return {
        name: KeyCondition(condition["ComparisonOperator"], tuple(condition.get("AttributeValueList", ())))
        for name, condition in conditions.items()
    }


def check_expected(expected: Mapping[str, Any]) -> None:
    """Check the legacy Expected.

    Raises:
        ServiceError: AWS's text.

    """
    for name, condition in expected.items():
        values.check_name(name)
        if "AttributeValueList" in condition and "Value" in condition:
            raise invalid_parameter(f"Value and AttributeValueList cannot be used together for Attribute: {name}")
        if "ComparisonOperator" in condition:
            _check_expected_comparison(name, condition)
        elif "AttributeValueList" in condition:
            raise invalid_parameter(
                f"AttributeValueList can only be used with a ComparisonOperator for Attribute: {name}"
            )
        else:
            _check_expected_value(name, condition)


def _check_expected_comparison(name: str, condition: Mapping[str, Any]) -> None:
    operator = condition["ComparisonOperator"]
    if "Exists" in condition:
        raise invalid_parameter(f"Exists and ComparisonOperator cannot be used together for Attribute: {name}")
    operands = _expected_operands(condition)
    if operator not in ("NULL", "NOT_NULL") and "AttributeValueList" not in condition and "Value" not in condition:
        raise invalid_parameter(
            f"Value or AttributeValueList must be used with ComparisonOperator: {operator} for Attribute: {name}"
        )
    for value in operands:
        values.check(value)
    _check_count(operator, len(operands))
    _check_same_type(operands)
    _check_types(operator, operands)
    _check_bounds(operator, operands)


def _check_expected_value(name: str, condition: Mapping[str, Any]) -> None:
    exists = condition.get("Exists", True)
    if exists and "Value" not in condition:
        shown = str(condition["Exists"]).lower() if "Exists" in condition else "null"
        raise invalid_parameter(f"Value must be provided when Exists is {shown} for Attribute: {name}")
    if not exists and "Value" in condition:
        raise invalid_parameter(f"Value cannot be used when Exists is false for Attribute: {name}")
    if "Value" in condition:
        values.check(condition["Value"])


def _expected_operands(condition: Mapping[str, Any]) -> list[Value]:
    if "Value" in condition:
        return [condition["Value"]]
    operands: list[Value] = condition.get("AttributeValueList", [])
    return operands


def expected(conditions: Mapping[str, Any], conditional_operator: str) -> Condition:
    """Return the condition that Expected states."""
    tests = []
    for name, condition in conditions.items():
        operator = condition.get("ComparisonOperator")
        if operator is None:
            operator = "EQ" if condition.get("Exists", True) else "NULL"
        tests.append((name, operator, _expected_operands(condition)))
    return _condition(tests, conditional_operator)


def check_attribute_updates(updates: Mapping[str, Any]) -> None:
    """Check the legacy AttributeUpdates.

    Raises:
        ServiceError: AWS's text.

    """
    for name, update in updates.items():
        values.check_name(name)
        action, value = update.get("Action", "PUT"), update.get("Value")
        if value is None:
            if action != "DELETE":
                raise invalid_parameter("Only DELETE action is allowed when no attribute value is specified")
            continue
        values.check(value)
        kind = type_of(value)
        if action == "DELETE" and kind not in ("SS", "NS", "BS"):
            raise invalid_parameter(f"DELETE action with value is not supported for the type {kind}")
        if action == "ADD" and kind not in ("N", "SS", "NS", "BS", "L"):
            raise invalid_parameter(f"ADD action is not supported for the type {kind}")


def attribute_updates(updates: Mapping[str, Any]) -> BoundUpdate:
    """Return the update that AttributeUpdates states."""
    actions = tuple(_action((name,), update) for name, update in updates.items())
    return BoundUpdate(
        actions, tuple(action.path for action in actions), mismatch="Type mismatch for attribute to update"
    )


def _action(path: DocumentPath, update: Mapping[str, Any]) -> BoundAction:
    action, value = update.get("Action", "PUT"), update.get("Value")
    if value is None:
        return BoundAction("REMOVE", path, None)
    section = "ADD" if action == "ADD" else "DELETE" if action == "DELETE" else "SET"
    return BoundAction(section, path, lambda _: value)
