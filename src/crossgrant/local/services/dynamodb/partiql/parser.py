"""The parser of PartiQL. Importing it imports lark, which costs 100 ms: only a call with a statement does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import lark
from lark import Transformer, v_args

from crossgrant.local.operation import ServiceError
from crossgrant.local.services.dynamodb import values
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions import (
    FUNCTIONS,
    Action,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    In,
    Node,
    Not,
    Or,
    Path,
    Placeholders,
    Reference,
)
from crossgrant.local.services.dynamodb.partiql.statement import (
    Delete,
    Exists,
    Insert,
    Parsed,
    Select,
    Source,
    Statement,
    Update,
)
from crossgrant.local.services.dynamodb.values import Value


def parsed(text: str, parameters: list[Value]) -> Parsed:
    """Return the statement that `text` states with these parameters, whose values were checked.

    Raises:
        ServiceError: it isn't well formed, or takes another number of parameters.

    """
    bound = _Bound(iter(parameters))
    try:
        statement: Statement = _Reader(bound).transform(_PARSER.parse(text))
    except lark.exceptions.VisitError as error:
        if isinstance(error.orig_exc, ServiceError):
            raise error.orig_exc from None
        if isinstance(error.orig_exc, _KeywordError):
            raise _malformed(text) from None
        raise
    except lark.UnexpectedInput as error:
        known = getattr(error, "pos_in_stream", 0) or text.lstrip()[:1] == ""
        raise _malformed(text if known else "Expected data manipulation") from None
    if next(bound.parameters, None) is not None:
        raise _wrong_count()
    return Parsed(statement, Placeholders({}, bound.values))


def _wrong_count() -> ServiceError:
    return validation("Number of parameters in request and statement don't match.")


_SET_FUNCTIONS: dict[str, Literal["ADD", "DELETE"]] = {"set_add": "ADD", "set_delete": "DELETE"}


@dataclass(slots=True)
class _Bound:
    """The parameters not yet taken, and the values under their references."""

    parameters: Iterator[Value]
    values: dict[str, Value] = field(default_factory=dict)

    def reference(self, value: Value) -> Reference:
        """Return a reference to a value."""
        values.check(value)
        name = f":{len(self.values)}"
        self.values[name] = value
        return Reference(name)


def _malformed(detail: str) -> ServiceError:
    return validation(f"Statement wasn't well formed, can't be processed: {detail}")


@lru_cache(maxsize=1)
def _keywords() -> frozenset[str]:
    """Return the words that name nothing unless quoted: those that DynamoDB Local, AWS's own, refuses."""
    return frozenset(files(__package__).joinpath("keywords.txt").read_text().split())


class _KeywordError(Exception):
    """A keyword stands for a name."""


def _name(token: Any) -> str:
    if token.type == "IDENTIFIER":
        if token.lower() in _keywords():
            raise _KeywordError
        return str(token)
    name = _text(token)
    if not name:
        raise validation("Path component cannot be an empty string")
    return name


def _text(token: Any) -> str:
    quoted = str(token)
    return quoted[1:-1].replace(quoted[0] * 2, quoted[0])


def _set_of(elements: list[Value]) -> Value:
    kinds = {values.type_of(element) for element in elements}
    if not kinds:
        raise validation("Empty bags are not supported")
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise validation("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")
    (kind,) = kinds
    return {f"{kind}S": [element[kind] for element in elements]}


class _Reader(Transformer):  # type: ignore[type-arg]  # it makes our nodes
    """Make statements and nodes of lark's tree."""

    def __init__(self, bound: _Bound) -> None:
        super().__init__()
        self._bound = bound

    def _operand(self, child: Node | dict[str, Any]) -> Node:
        return self._bound.reference(child) if isinstance(child, dict) else child

    # Literals are values until an operand is made of them.
    string = v_args(inline=True)(lambda _, token: {"S": _text(token)})
    number = v_args(inline=True)(lambda _, *tokens: {"N": "".join(tokens)})
    true = v_args(inline=True)(lambda _, _token: {"BOOL": True})
    false = v_args(inline=True)(lambda _, _token: {"BOOL": False})
    null = v_args(inline=True)(lambda _, _token: {"NULL": True})

    def parameter(self, _children: list[Any]) -> Value:
        value = next(self._bound.parameters, None)
        if value is None:
            raise _wrong_count()
        return value

    def sequence(self, children: list[Value | None]) -> Value:
        return {"L": [child for child in children if child is not None]}

    def bag(self, children: list[Value | None]) -> Value:
        return _set_of([child for child in children if child is not None])

    def mapping(self, children: list[tuple[Any, Value] | None]) -> Value:
        content: dict[str, Value] = {}
        for token, value in filter(None, children):
            name = _text(token)
            if name in content:
                place = f"{token.line}:{token.column}:{len(token)}"
                raise validation(f"Duplicate keys in tuple. Key: {name} under root at {place}")
            content[name] = value
        return {"M": content}

    pair = v_args(inline=True)(lambda _, token, value: (token, value))

    # Paths and sources.
    name = v_args(inline=True)(lambda _, token: _name(token))
    step = v_args(inline=True)(lambda _, name: name)
    element = v_args(inline=True)(lambda _, token: int(token) if token.type == "INTEGER" else _text(token))

    def path(self, children: list[str | int]) -> Path:
        return Path((*children,))

    def source(self, children: list[str]) -> Source:
        if len(children) > 2:  # noqa: PLR2004 - a table and its index
            raise validation("A path may contain at most 2 components in the FROM clause")
        return Source(*children)

    # Conditions.
    parenthesis = v_args(inline=True)(lambda self, node: self._operand(node))
    negation = v_args(inline=True)(lambda _, node: Not(node))
    equal = v_args(inline=True)(lambda self, left, right: Compare("=", self._operand(left), self._operand(right)))
    compare = v_args(inline=True)(
        lambda self, left, sign, right: Compare(
            "<>" if sign == "!=" else str(sign), self._operand(left), self._operand(right)
        )
    )
    between = v_args(inline=True)(
        lambda self, operand, lower, upper: Between(*map(self._operand, (operand, lower, upper)))
    )
    arithmetic = v_args(inline=True)(
        lambda self, left, sign, right: Arithmetic(str(sign), self._operand(left), self._operand(right))
    )

    def member(self, children: list[Any]) -> Node:
        subject, *options = children
        if len(options) == 1 and "L" in options[0]:
            options = options[0]["L"]
        if not options:
            raise validation(
                "IN operator must have a left hand argument of type Variable Reference and right hand argument of type "
                "Seq with at least one member"
            )
        return In(self._operand(subject), (*map(self._operand, options),))

    def not_member(self, children: list[Any]) -> Node:
        return Not(self.member(children))

    def not_between(self, children: list[Any]) -> Node:
        return Not(Between(*map(self._operand, children)))

    def kind(self, children: list[Any]) -> Node:
        subject, negated, what = children
        if what.type == "MISSING":
            return Call("attribute_exists" if negated else "attribute_not_exists", (subject,))
        is_null = Call("attribute_type", (subject, self._bound.reference({"S": "NULL"})))
        return Not(is_null) if negated else is_null

    def call(self, children: list[Any]) -> Node:
        name = str(children[0]).lower()
        if name not in FUNCTIONS and name not in _SET_FUNCTIONS:
            raise validation(f"Unrecognized function: {children[0]}")
        return Call(name, (*map(self._operand, children[1:]),))

    # Statements.
    everything = v_args(inline=True)(lambda _: None)

    def projection(self, children: list[Path]) -> Any:
        return (*(path.parts for path in children),)

    order = v_args(inline=True)(lambda _, path, way: (str(path.parts[0]), way is None or way.type == "ASC"))

    def select(self, children: list[Any]) -> Statement:
        paths, source, where, *order = children
        return Select(source, paths, where, (*(each for each in order if each is not None),))

    insert = v_args(inline=True)(lambda _, source, item: Insert(source, item["M"]))
    returning = v_args(inline=True)(lambda _, what, when: (what.type, when.type))
    exists = v_args(inline=True)(lambda _, select: Exists(select))
    delete = v_args(inline=True)(lambda _, source, where, returning: Delete(source, where, returning))

    def assignment(self, children: list[Any]) -> Action:
        path, node = children
        if isinstance(node, Call) and node.function in _SET_FUNCTIONS:
            if len(node.arguments) != 2 or node.arguments[0] != path:  # noqa: PLR2004 - the set and the change
                raise validation(f"The first argument to {node.function.upper()} must equal the assignment value")
            return Action(_SET_FUNCTIONS[node.function], path, node.arguments[1])
        return Action("SET", path, self._operand(node))

    def setting(self, children: list[Action]) -> list[Action]:
        return children

    def remove(self, children: list[Path]) -> list[Action]:
        return [Action("REMOVE", path) for path in children]

    def update(self, children: list[Any]) -> Statement:
        source, *changes, where, returning = children
        actions = [action for change in changes for action in (change if isinstance(change, list) else [change])]
        return Update(source, (*actions,), where, returning)


setattr(_Reader, "and", lambda _, children: And((*children,)))
setattr(_Reader, "or", lambda _, children: Or((*children,)))

_PARSER = lark.Lark(
    files(__package__).joinpath("grammar.lark").read_text(),
    parser="lalr",
    maybe_placeholders=True,
)
