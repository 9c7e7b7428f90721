"""Conditions: a tree becomes a function of an item.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

import operator
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never

from crossgrant.local.services.dynamodb.expressions.bind import DocumentPath, Placeholders, resolve, written
from crossgrant.local.services.dynamodb.expressions.check import check_arguments, checked_tree
from crossgrant.local.services.dynamodb.expressions.syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    ExpressionError,
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
from crossgrant.local.services.dynamodb.values import Item, Value, equal, ordered, type_of

Test: TypeAlias = Callable[[Item], bool]
Operand: TypeAlias = Callable[[Item], Value | None]

TYPES = ("S", "N", "B", "SS", "NS", "BS", "BOOL", "NULL", "L", "M")
_SCALARS = frozenset("SNB")
_SIZED = frozenset(("S", "B", "SS", "NS", "BS", "L", "M"))
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition bound to its names and values: its test, the paths that it looks at, and which form it came in."""

    test: Test
    paths: tuple[DocumentPath, ...]
    by_expression: bool = True


def condition(text: str, placeholders: Placeholders) -> Condition:
    """Return the condition that `text` states.

    Raises:
        ExpressionError: AWS's text.

    """
    return bound_condition(checked_tree("condition", text), placeholders)


def bound_condition(tree: Node, placeholders: Placeholders) -> Condition:
    """Return the condition that a checked tree states; errors as `condition`."""
    builder = _Builder(placeholders)
    test = builder.test(tree)
    return Condition(test, tuple(builder.paths))


class _Builder:
    """Builds functions of an item, inner ones first, and notes the paths."""

    def __init__(self, placeholders: Placeholders) -> None:
        self._placeholders = placeholders
        self.paths: list[DocumentPath] = []

    def test(self, node: Node) -> Test:
        match node:
            case And(conditions):
                tests = [self.test(each) for each in conditions]
                return lambda item: all(test(item) for test in tests)
            case Or(conditions):
                tests = [self.test(each) for each in conditions]
                return lambda item: any(test(item) for test in tests)
            case Not(inner):
                negated = self.test(inner)
                return lambda item: not negated(item)
            case Parenthesis(inner):
                return self.test(inner)
            case Compare(sign, left, right):
                return self._compare(sign, left, right)
            case Between(subject, lower, upper):
                return self._between(subject, lower, upper)
            case In(subject, options):
                self._distinct("IN", subject, options)
                value, others = self.operand(subject), [self.operand(option) for option in options]
                return lambda item: any(_equals(value(item), other(item)) for other in others)
            case Call():
                return self._call(node)
            case Path() | Reference() | Arithmetic() | Update() | Projection():
                raise AssertionError("the checks let only conditions through")
        assert_never(node)

    def operand(self, node: Node) -> Operand:
        """Return a function that yields the operand's value in an item, None when it has none there."""
        match node:
            case Parenthesis(inner):
                return self.operand(inner)
            case Path():
                path = self._placeholders.path(node)
                self.paths.append(path)
                if len(path) == 1:
                    name = path[0]
                    return lambda item: item.get(name)  # type: ignore[arg-type]  # a path begins with a name
                return lambda item: resolve(item, path)
            case Reference():
                value = self._placeholders.value(node)
                return lambda _: value
            case Call("size", arguments):
                operands = [self.operand(argument) for argument in arguments]
                check_arguments(node)
                self._check_type("size", arguments[0], _SIZED)
                sized = operands[0]
                return lambda item: _size(sized(item))
        raise AssertionError("the checks let only operands through")

    def _literal_type(self, node: Node) -> str | None:
        """Return the type of an operand that is known beforehand."""
        match node:
            case Parenthesis(inner):
                return self._literal_type(inner)
            case Reference():
                return type_of(self._placeholders.value(node))
            case Call("size"):
                return "N"
        return None

    def _check_type(self, function: str, node: Node, allowed: frozenset[str]) -> None:
        kind = self._literal_type(node)
        if kind is not None and kind not in allowed:
            raise ExpressionError(
                "Incorrect operand type for operator or function; "
                f"operator or function: {function}, operand type: {kind}"
            )

    def _distinct(self, function: str, first: Node, others: tuple[Node, ...]) -> None:
        subject = bare(first)
        if not isinstance(subject, Path):
            return
        path = self._placeholders.path(subject)
        for other in map(bare, others):
            if isinstance(other, Path) and self._placeholders.path(other) == path:
                raise ExpressionError(
                    "The first operand must be distinct from the remaining operands for this operator or function; "
                    f"operator: {function}, first operand: {written(path)}"
                )

    def _compare(self, sign: str, left: Node, right: Node) -> Test:
        if sign in _ORDER:
            self._check_type(sign, left, _SCALARS)
            self._check_type(sign, right, _SCALARS)
        one, two = self.operand(left), self.operand(right)
        self._distinct(sign, left, (right,))
        if sign == "=":
            return lambda item: _equals(one(item), two(item))
        if sign == "<>":
            return lambda item: not _equals(one(item), two(item))
        holds = _ORDER[sign]
        return lambda item: _compares(holds, one(item), two(item))

    def _between(self, subject: Node, lower: Node, upper: Node) -> Test:
        for node in (subject, lower, upper):
            self._check_type("BETWEEN", node, _SCALARS)
        if isinstance(lower, Reference) and isinstance(upper, Reference):
            _check_bounds(self._placeholders.value(lower), self._placeholders.value(upper))
        value, low, high = self.operand(subject), self.operand(lower), self.operand(upper)
        self._distinct("BETWEEN", subject, (lower, upper))

        def test(item: Item) -> bool:
            found = value(item)
            return _compares(operator.ge, found, low(item)) and _compares(operator.le, found, high(item))

        return test

    def _call(self, call: Call) -> Test:
        function, arguments = call
        operands = [self.operand(argument) for argument in arguments]
        check_arguments(call)
        first = operands[0]
        self._distinct(function, arguments[0], arguments[1:])
        if function == "begins_with":
            for argument in arguments:
                self._check_type(function, argument, frozenset("SB"))
        match function:
            case "attribute_exists":
                return lambda item: first(item) is not None
            case "attribute_not_exists":
                return lambda item: first(item) is None
            case "attribute_type":
                kind = self._attribute_type(arguments[1])
                return lambda item: kind in (first(item) or {})
            case "begins_with":
                return lambda item: _begins_with(first(item), operands[1](item))
        return lambda item: _contains(first(item), operands[1](item))

    def _attribute_type(self, node: Node) -> str:
        if not isinstance(node, Reference):
            raise ExpressionError(
                "Incorrect operand type for operator or function; operator or function: attribute_type, "
                "operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
            )
        self._check_type("attribute_type", node, frozenset("S"))
        kind: str = self._placeholders.value(node)["S"]
        if kind not in TYPES:
            raise ExpressionError(
                f"Invalid attribute type name found; type: {kind}, valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"
            )
        return kind


def _check_bounds(lower: Value, upper: Value) -> None:
    shown = (
        f"lower bound operand: AttributeValue: {_written(lower)}, "
        f"upper bound operand: AttributeValue: {_written(upper)}"
    )
    if type_of(lower) != type_of(upper):
        raise ExpressionError(f"The BETWEEN operator requires same data type for lower and upper bounds; {shown}")
    if _compares(operator.gt, lower, upper):
        raise ExpressionError(
            f"The BETWEEN operator requires upper bound to be greater than or equal to lower bound; {shown}"
        )


def _written(value: Value) -> str:
    ((kind, content),) = value.items()
    if kind == "B":  # AWS shows what Java makes of it
        size = len(b64decode(content))
        content = f"java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]"
    return f"{{{kind}:{content}}}"


def _equals(left: Value | None, right: Value | None) -> bool:
    return left is not None and right is not None and equal(left, right)


def _compares(holds: Callable[[Any, Any], bool], left: Value | None, right: Value | None) -> bool:
    """Return whether two values of one ordered type stand in that order; values of other types never do."""
    if left is None or right is None:
        return False
    one, two = ordered(left), ordered(right)
    return one is not None and two is not None and one[0] == two[0] and holds(one[1], two[1])


def _size(value: Value | None) -> Value | None:
    if value is None:
        return None
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return {"N": str(len(content.encode()))}
        case "B":
            return {"N": str(len(b64decode(content)))}
        case "SS" | "NS" | "BS" | "L" | "M":
            return {"N": str(len(content))}
    return None


def _begins_with(value: Value | None, prefix: Value | None) -> bool:
    if value is None or prefix is None:
        return False
    if "S" in value and "S" in prefix:
        return bool(value["S"].startswith(prefix["S"]))
    return "B" in value and "B" in prefix and b64decode(value["B"]).startswith(b64decode(prefix["B"]))


def _contains(value: Value | None, part: Value | None) -> bool:
    if value is None or part is None:
        return False
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return "S" in part and part["S"] in content
        case "B":
            return "B" in part and b64decode(part["B"]) in b64decode(content)
        case "SS" | "NS" | "BS":
            return part.get(kind[0]) in content
        case "L":
            return any(equal(element, part) for element in content)
    return False


_COMPARISONS = {"LT": operator.lt, "LE": operator.le, "GT": operator.gt, "GE": operator.ge}


def comparison(name: str, value: Value | None, operands: Sequence[Value]) -> bool:
    """Return whether a value meets a comparison of the API's: EQ, NE, LT, BETWEEN, CONTAINS, NULL and so on.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Condition.html
    """
    match name:
        case "NULL":
            return value is None
        case "NOT_NULL":
            return value is not None
        case "EQ":
            return _equals(value, operands[0])
        case "NE":
            return not _equals(value, operands[0])
        case "IN":
            return any(_equals(value, operand) for operand in operands)
        case "CONTAINS":
            return _contains(value, operands[0])
        case "NOT_CONTAINS":
            return value is not None and not _contains(value, operands[0])
        case "BEGINS_WITH":
            return _begins_with(value, operands[0])
        case "BETWEEN":
            return _compares(operator.ge, value, operands[0]) and _compares(operator.le, value, operands[1])
    return _compares(_COMPARISONS[name], value, operands[0])
