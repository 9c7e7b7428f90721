"""What a WHERE clause says of key attributes: its equalities and ranges that every row must meet."""

from __future__ import annotations

from collections.abc import Iterator

from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import (
    And,
    Between,
    Call,
    Compare,
    In,
    KeyCondition,
    Node,
    Parenthesis,
    Path,
    Placeholders,
    Reference,
    mirrored_operator,
)
from crossgrant.local.services.dynamodb.keys import KeySchema
from crossgrant.local.services.dynamodb.values import Item, Value


def conjuncts(where: Node | None) -> Iterator[Node]:
    """Yield the conditions that must all hold."""
    match where:
        case None:
            return
        case And(conditions):
            for each in conditions:
                yield from conjuncts(each)
        case Parenthesis(inner):
            yield from conjuncts(inner)
        case _:
            yield where


def equalities(where: Node | None, placeholders: Placeholders) -> Item:
    """Return the top-level attributes that the clause sets equal to a value."""
    found: Item = {}
    for each in conjuncts(where):
        if isinstance(each, Compare) and each.operator == "=":
            stated = _comparison(each, placeholders)
            if stated is not None:
                found.setdefault(stated[0], stated[1].values[0])
    return found


def beside_keys(where: Node, schema: KeySchema) -> list[Node]:
    """Return the conditions that are no equality of a key attribute with a value."""
    return [
        each
        for each in conjuncts(where)
        if not (
            isinstance(each, Compare)
            and each.operator == "="
            and isinstance(each.left, Path)
            and each.left.parts[0] in schema.names
            and isinstance(each.right, Reference)
        )
    ]


def key_values(where: Node | None, placeholders: Placeholders, name: str) -> list[Value] | None:
    """Return the values of an attribute that the clause admits, or None when it doesn't list them."""
    for each in conjuncts(where):
        match each:
            case Compare("="):
                stated = _comparison(each, placeholders)
                if stated is not None and stated[0] == name:
                    return [stated[1].values[0]]
            case In(Path((found,)), options) if found == name:
                references = [option for option in options if isinstance(option, Reference)]
                if len(references) == len(options):
                    return [placeholders.value(option) for option in references]
    return None


def range_condition(where: Node | None, placeholders: Placeholders, name: str) -> KeyCondition | None:
    """Return one range of an attribute that the clause admits; the clause itself tests the rest."""
    for each in conjuncts(where):
        match each:
            case Compare(operator) if operator != "<>":
                stated = _comparison(each, placeholders)
                if stated is not None and stated[0] == name:
                    return stated[1]
            case Between(Path((found,)), Reference() as lower, Reference() as upper) if found == name:
                return KeyCondition("BETWEEN", (placeholders.value(lower), placeholders.value(upper)))
            case Call("begins_with", (Path((found,)), Reference() as prefix)) if found == name:
                return KeyCondition("BEGINS_WITH", (placeholders.value(prefix),))
    return None


def _comparison(node: Compare, placeholders: Placeholders) -> tuple[str, KeyCondition] | None:
    """Return the attribute and its condition when a comparison is of one with a value."""
    for at, (subject, other) in enumerate(((node.left, node.right), (node.right, node.left))):
        if isinstance(subject, Path) and len(subject.parts) == 1 and isinstance(other, Reference):
            operator = mirrored_operator(node.operator, at)
            return str(subject.parts[0]), KeyCondition(operator, (placeholders.value(other),))
    return None


def full_key(where: Node | None, placeholders: Placeholders, schema: KeySchema) -> Item:
    """Return the key that the clause names.

    Raises:
        ServiceError: it doesn't set every key attribute equal to a value of its type.

    """
    stated = equalities(where, placeholders)
    if any(name not in stated for name in schema.names):
        raise validation("Where clause does not contain a mandatory equality on all key attributes")
    for each in conjuncts(where):
        if isinstance(each, Compare) and each.operator == "=" and (one := _comparison(each, placeholders)):
            name = one[0]
            if name in schema.names and one[1].values[0] != stated[name]:
                raise validation(
                    f"Multiple conditions on same key {name}. Only single item Update/Insert/Delete are supported"
                )
    key = {name: stated[name] for name in schema.names}
    check_types(key, schema)
    return key


def check_types(key: Item, schema: KeySchema) -> None:
    """Check that values compared with key attributes have their types.

    Raises:
        ServiceError: one has another.

    """
    for attribute in schema.attributes:
        if attribute.name in key and attribute.type not in key[attribute.name]:
            raise validation(
                f"Key attribute's data type should match its data type in table's schema: Key {attribute.name}"
            )
