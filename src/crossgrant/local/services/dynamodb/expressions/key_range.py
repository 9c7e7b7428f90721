"""The part of a table or an index that key conditions name: one partition key, and a range of sort keys.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from __future__ import annotations

from dataclasses import dataclass

from crossgrant.local.services.dynamodb.errors import empty_key, invalid_parameter, validation
from crossgrant.local.services.dynamodb.expressions.key_condition import KeyCondition, KeyConditions
from crossgrant.local.services.dynamodb.keys import (
    KeyAttribute,
    KeySchema,
    encoded,
    ended,
    escaped,
    in_bucket,
    joined,
    prefix_end,
)

MOST_CONDITIONS = 2  # on a key of one attribute, or of two
TOO_MANY_CONDITIONS = "Conditions can be of length 1 or 2 only"
_NOT_INDEXABLE = "Attempted conditional constraint is not an indexable operation"

_RANGES = frozenset(("EQ", "LT", "LE", "GT", "GE", "BETWEEN", "BEGINS_WITH"))


@dataclass(frozen=True, slots=True)
class Range:
    """The sort keys from `lower` to `upper`; None is no bound."""

    lower: bytes | None = None
    upper: bytes | None = None
    lower_included: bool = True
    upper_included: bool = True


def key_range(conditions: KeyConditions, schema: KeySchema, index_name: str | None) -> tuple[bytes, Range]:
    """Return the partition key's bytes and the range of sort keys that the conditions state for that key.

    Args:
        conditions: what is stated of each attribute.
        schema: the key of the table, or of the index.
        index_name: the index's name.

    Raises:
        ServiceError: they name other attributes, or compare them in a way that no index serves.

    """
    if schema.has_several:
        return _range_of_several(conditions, schema, index_name)
    _check_one(conditions, schema, index_name)
    (hash_attribute,) = schema.hash
    hash_part = in_bucket(_part(hash_attribute, conditions[hash_attribute.name]))
    for attribute in schema.range:
        stated = conditions.get(attribute.name)
        if stated is not None:
            return hash_part, _range(stated.operator, _parts(attribute, stated))
    return hash_part, Range()


def _check_one(conditions: KeyConditions, schema: KeySchema, index_name: str | None) -> None:
    if len(conditions) > MOST_CONDITIONS:
        raise validation(TOO_MANY_CONDITIONS)
    (hash_attribute,) = schema.hash
    for attribute in schema.attributes:
        stated = conditions.get(attribute.name)
        if attribute is hash_attribute and not schema.range and len(conditions) > 1:
            raise validation("Query key condition not supported")
        if stated is None:
            if attribute is hash_attribute or len(conditions) > 1:
                raise _missed(attribute)
            continue
        if stated.operator not in _RANGES:
            raise validation(_NOT_INDEXABLE)
        _check_type(attribute, stated)
        if attribute is hash_attribute and stated.operator != "EQ":
            raise validation("Query key condition not supported")
        _check_empty(attribute, stated, index_name)


def _missed(attribute: KeyAttribute) -> Exception:
    return validation(f"Query condition missed key schema element: {attribute.name}")


def _check_type(attribute: KeyAttribute, stated: KeyCondition) -> None:
    if any(attribute.type not in value for value in stated.values):
        raise invalid_parameter("Condition parameter type does not match schema type")


def _check_empty(attribute: KeyAttribute, stated: KeyCondition, index_name: str | None) -> None:
    if any(value[attribute.type] == "" for value in stated.values):
        raise empty_key(attribute.type, attribute.name, index_name)


def _part(attribute: KeyAttribute, stated: KeyCondition) -> bytes:
    return encoded(attribute.type, stated.values[0][attribute.type])


def _parts(attribute: KeyAttribute, stated: KeyCondition) -> list[bytes]:
    return [encoded(attribute.type, value[attribute.type]) for value in stated.values]


def _range(operator: str, bounds: list[bytes]) -> Range:
    match operator:
        case "EQ":
            return Range(bounds[0], bounds[0])
        case "LT":
            return Range(upper=bounds[0], upper_included=False)
        case "LE":
            return Range(upper=bounds[0])
        case "GT":
            return Range(lower=bounds[0], lower_included=False)
        case "GE":
            return Range(lower=bounds[0])
        case "BETWEEN":
            return Range(bounds[0], bounds[1])
    return Range(bounds[0], prefix_end(bounds[0]), upper_included=False)


def _range_of_several(conditions: KeyConditions, schema: KeySchema, index_name: str | None) -> tuple[bytes, Range]:
    """Return the range of a global index whose partition or sort key has several attributes.

    Each attribute of the partition key must have an equality. Those of the sort key are named from the left, and all
    but the last one named have an equality. The order in which faults are told is DynamoDB Local's.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.MultiAttributeKeys
    """
    if len(conditions) > len(schema.attributes):
        raise validation("Query key condition not supported")
    _check_partition(conditions, schema.hash)
    _check_values(conditions, schema.hash, index_name)
    named = _named_from_the_left(conditions, schema.range)
    _check_values(conditions, named, index_name)
    if len(conditions) > len(schema.hash) + len(named):
        raise _missed(schema.range[len(named)])
    hash_part = in_bucket(joined([_part(attribute, conditions[attribute.name]) for attribute in schema.hash]))
    if not named:
        return hash_part, Range()
    *equal, last = named
    before = b"".join(ended(_part(attribute, conditions[attribute.name])) for attribute in equal)
    stated = conditions[last.name]
    return hash_part, _range_behind(before, stated.operator, _parts(last, stated), alone=len(schema.range) == 1)


def _check_partition(conditions: KeyConditions, attributes: tuple[KeyAttribute, ...]) -> None:
    missing = [each.name for each in attributes if each.name not in conditions]
    missing = missing or [each.name for each in attributes if conditions[each.name].operator != "EQ"]
    if missing:
        raise validation(
            f"HASH key attributes {', '.join(missing)} must have equality conditions specified in the query"
        )


def _check_values(conditions: KeyConditions, attributes: tuple[KeyAttribute, ...], index_name: str | None) -> None:
    for attribute in attributes:
        stated = conditions[attribute.name]
        if stated.operator not in _RANGES:
            raise validation(_NOT_INDEXABLE)
        _check_type(attribute, stated)
        _check_empty(attribute, stated, index_name)


def _named_from_the_left(conditions: KeyConditions, attributes: tuple[KeyAttribute, ...]) -> tuple[KeyAttribute, ...]:
    """Return the attributes of a sort key that are named: there is none missing between them, and one range at most."""
    named = tuple(each for each in attributes if each.name in conditions)
    for place, (attribute, expected) in enumerate(zip(named, attributes, strict=False)):
        if attribute is not expected:
            raise _needs_equality(attributes[place : attributes.index(attribute)], attribute)
    unequal = tuple(each for each in named[:-1] if conditions[each.name].operator != "EQ")
    if unequal:
        raise _needs_equality(unequal, named[-1])
    return named


def _needs_equality(attributes: tuple[KeyAttribute, ...], present: KeyAttribute) -> Exception:
    return validation(
        f"RANGE key attributes {', '.join(each.name for each in attributes)} must have equality conditions specified "
        f"in the query because a condition is present on key attribute {present.name}"
    )


def _range_behind(before: bytes, operator: str, bounds: list[bytes], *, alone: bool) -> Range:
    """Return the range of one attribute of several, behind the `before` of those that are equal.

    Args:
        before: the ended bytes of the attributes to the left.
        operator: the API's.
        bounds: the attribute's bytes that it is compared with.
        alone: whether the sort key has this attribute alone.

    """
    if alone:
        return _range(operator, bounds)
    first, last = before + ended(bounds[0]), before + ended(bounds[-1])
    lower, upper = before, prefix_end(before)
    match operator:
        case "EQ" | "BETWEEN":
            lower, upper = first, prefix_end(last)
        case "LT":
            upper = first
        case "LE":
            upper = prefix_end(first)
        case "GT":
            return Range(prefix_end(first), upper, upper_included=False)
        case "GE":
            lower = first
        case "BEGINS_WITH":
            lower = before + escaped(bounds[0])
            upper = prefix_end(lower)
    return Range(lower, upper, upper_included=False)
