"""Expressions as trees, by the grammar in `grammar.lark`.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias, assert_never

Kind = Literal["condition", "update", "projection"]

MAX_LENGTH = 4096


class ExpressionError(Exception):
    """What is wrong with an expression, in AWS's words; the caller adds which parameter holds it."""


class Path(NamedTuple):
    """A document path as written: names, `#references`, and list indexes."""

    parts: tuple[str | int, ...]


class Reference(NamedTuple):
    """A value given beside the expression: `:name`."""

    name: str


class Call(NamedTuple):
    """A function and its arguments."""

    function: str
    arguments: tuple[Node, ...]


class Compare(NamedTuple):
    """Two operands beside `=`, `<>`, `<`, `<=`, `>` or `>=`."""

    operator: str
    left: Node
    right: Node


class Between(NamedTuple):
    """An operand and its two bounds, both included."""

    operand: Node
    lower: Node
    upper: Node


class In(NamedTuple):
    """An operand and the operands it may equal."""

    operand: Node
    options: tuple[Node, ...]


class And(NamedTuple):
    """Conditions of which all must hold."""

    conditions: tuple[Node, ...]


class Or(NamedTuple):
    """Conditions of which one must hold."""

    conditions: tuple[Node, ...]


class Not(NamedTuple):
    """A condition that must not hold."""

    condition: Node


class Parenthesis(NamedTuple):
    """What stood in parentheses."""

    inner: Node


class Arithmetic(NamedTuple):
    """A sum or difference in a SET action."""

    sign: str
    left: Node
    right: Node


class Action(NamedTuple):
    """One action of an update: SET path = value, REMOVE path, ADD path value, DELETE path value."""

    section: Literal["SET", "REMOVE", "ADD", "DELETE"]
    path: Path
    value: Node | None = None


class Update(NamedTuple):
    """An update's actions, and the order of its sections."""

    actions: tuple[Action, ...]
    sections: tuple[str, ...]


class Projection(NamedTuple):
    """The paths of a projection."""

    paths: tuple[Path, ...]


Node: TypeAlias = (
    Path | Reference | Call | Compare | Between | In | And | Or | Not | Parenthesis | Arithmetic | Update | Projection
)


def parse(kind: Kind, text: str) -> Node:
    """Return the tree of an expression.

    Raises:
        ExpressionError: AWS's text.

    """
    if not text:
        raise ExpressionError("The expression can not be empty;")
    if len(text.encode()) > MAX_LENGTH:
        raise ExpressionError(
            f"Expression size has exceeded the maximum allowed size; expression size: {len(text.encode())}"
        )
    from crossgrant.local.services.dynamodb.expressions.parser import parsed  # noqa: PLC0415 - it imports lark

    return parsed(kind, text)


_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|0|[1-9][0-9]*|<>|<=|>=|\S")


def syntax_error(text: str, position: int) -> str:
    """Say which token was not expected, and the text from the token before it to the one after it."""
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return f'Syntax error; token: "<EOF>", near: "{text}"'
    at = next((i for i, token in enumerate(tokens) if position < token.end()), len(tokens))
    first = tokens[max(at - 1, 0)].start()
    last = tokens[min(at + 1, len(tokens) - 1)].end()
    token = tokens[at].group() if at < len(tokens) else "<EOF>"
    return f'Syntax error; token: "{token}", near: "{text[first:last]}"'


def walk(node: Node) -> Iterator[Node]:
    """Yield every node, outermost first."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes right within a node, in the order written."""
    match node:
        case Call(_, inner) | And(inner) | Or(inner):
            return inner
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return left, right
        case Between(operand, lower, upper):
            return operand, lower, upper
        case In(operand, options):
            return operand, *options
        case Not(child) | Parenthesis(child):
            return (child,)
        case Update(actions):
            return tuple(node for action in actions for node in (action.path, action.value) if node is not None)
        case Projection(paths):
            return paths
        case Path() | Reference():
            return ()
    assert_never(node)


def bare(node: Node) -> Node:
    """Return the node within any parentheses."""
    while isinstance(node, Parenthesis):
        node = node.inner
    return node
