"""Key conditions: what a Query states of each key attribute.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions.bind import Placeholders
from crossgrant.local.services.dynamodb.expressions.check import checked_tree
from crossgrant.local.services.dynamodb.expressions.condition import bound_condition
from crossgrant.local.services.dynamodb.expressions.syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    In,
    Node,
    Not,
    Or,
    Parenthesis,
    Path,
    Projection,
    Reference,
    Update,
    bare,
)
from crossgrant.local.services.dynamodb.values import Value

_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPERATORS = {"=": "EQ", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE"}


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """What one key attribute must fulfil: an operator of the API's (EQ, LT, LE, GT, GE, BETWEEN, BEGINS_WITH)."""

    operator: str
    values: tuple[Value, ...]


KeyConditions = dict[str, KeyCondition]


def key_conditions(text: str, placeholders: Placeholders) -> KeyConditions:
    """Return the conditions that `text` states, by key attribute.

    Raises:
        ExpressionError: AWS's text, where the fault is the expression's.
        ServiceError: AWS's text, where the fault is that it is no key condition.

    """
    tree = checked_tree("condition", text)
    if not _only_equalities(tree):
        bound_condition(tree, placeholders)  # what is wrong with any condition comes first
    found: KeyConditions = {}
    _collect(tree, placeholders, found)
    return found


def _only_equalities(node: Node) -> bool:
    """Say whether a tree holds equalities of a path and a value alone: no operand of theirs can be wrong."""
    match node:
        case And(conditions):
            return all(map(_only_equalities, conditions))
        case Compare("=", Path(), Reference()):
            return True
    return False


def _collect(  # noqa: C901, PLR0912 - one case for each kind of node
    node: Node, placeholders: Placeholders, found: KeyConditions
) -> None:
    match node:
        case And(conditions):
            for each in conditions:
                _collect(each, placeholders, found)
        case Parenthesis(inner):
            _collect(inner, placeholders, found)
        case Or():
            raise _invalid_operator("OR")
        case Not():
            raise _invalid_operator("NOT")
        case In():
            raise _invalid_operator("IN")
        case Compare("<>"):
            raise _invalid_operator("<>")
        case Compare(sign, left, right):
            name, at, values = _operands((left, right), placeholders)
            _add(found, name, KeyCondition(mirrored_operator(sign, at), values))
        case Between(operand, lower, upper):
            name, at, values = _operands((operand, lower, upper), placeholders)
            _check_first("BETWEEN", at)
            _add(found, name, KeyCondition("BETWEEN", values))
        case Call("begins_with", arguments):
            name, at, values = _operands(arguments, placeholders)
            _check_first("begins_with", at)
            _add(found, name, KeyCondition("BEGINS_WITH", values))
        case Call(function):
            raise _invalid_operator(function)
        case Path() | Reference() | Arithmetic() | Update() | Projection():
            raise AssertionError("the checks let only conditions through")
        case _:
            assert_never(node)


def mirrored_operator(sign: str, at: int) -> str:
    """Return the API's operator for a comparison whose attribute stands at `at`, left (0) or right (1) of the sign."""
    return _OPERATORS[sign if at == 0 else _MIRRORED[sign]]


def _operands(nodes: tuple[Node, ...], placeholders: Placeholders) -> tuple[str, int, tuple[Value, ...]]:
    """Return the key attribute's name, its place among the operands, and the values beside it."""
    plain = list(map(bare, nodes))
    places = [place for place, node in enumerate(plain) if isinstance(node, Path)]
    if any(isinstance(node, Call) for node in plain):
        raise validation("KeyConditionExpressions cannot contain nested operations")
    if len(places) > 1:
        if 0 not in places:
            return "", 1, ()
        raise validation("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
    if not places:
        raise validation("Invalid condition in KeyConditionExpression: No key attribute specified")
    subject = plain[places[0]]
    assert isinstance(subject, Path)
    path = placeholders.path(subject)
    if len(path) > 1:
        raise validation("KeyConditionExpressions cannot have conditions on nested attributes")
    values = tuple(placeholders.value(node) for node in plain if isinstance(node, Reference))
    return str(path[0]), places[0], values


def _check_first(function: str, at: int) -> None:
    if at != 0:
        raise validation(
            f"Invalid condition in KeyConditionExpression: {function} operator must have the key attribute as its "
            "first operand"
        )


def _add(found: KeyConditions, name: str, key_condition: KeyCondition) -> None:
    if name in found:
        raise validation("KeyConditionExpressions must only contain one condition per key")
    found[name] = key_condition


def _invalid_operator(name: str) -> Exception:
    return validation(f"Invalid operator used in KeyConditionExpression: {name}")
