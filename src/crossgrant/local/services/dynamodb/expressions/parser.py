"""The parser of expressions. Importing it imports lark, which costs 100 ms: only a call with an expression does."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

import lark
from lark import Transformer, v_args

from crossgrant.local.services.dynamodb.expressions.syntax import (
    Action,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    ExpressionError,
    In,
    Kind,
    Node,
    Not,
    Or,
    Parenthesis,
    Path,
    Projection,
    Reference,
    Update,
    syntax_error,
)


def parsed(kind: Kind, text: str) -> Node:
    """Return the tree of an expression.

    Raises:
        ExpressionError: it isn't well formed.

    """
    try:
        tree: Node = _PARSER.parse(text, start=kind)  # type: ignore[assignment]  # the transformer makes nodes
    except lark.UnexpectedToken as error:
        at_end = error.token.type == "$END"
        raise ExpressionError(syntax_error(text, len(text) if at_end else error.token.start_pos or 0)) from None
    except lark.UnexpectedCharacters as error:
        raise ExpressionError(syntax_error(text, error.pos_in_stream)) from None  # type: ignore[arg-type]  # lark annotates it as None
    return tree


class _Nodes(Transformer):  # type: ignore[type-arg]  # it makes our nodes
    """Make our nodes of lark's."""

    condition = v_args(inline=True)(lambda _, node: node)
    parenthesis = v_args(inline=True)(lambda _, node: Parenthesis(node))
    negation = v_args(inline=True)(lambda _, node: Not(node))
    value = v_args(inline=True)(lambda _, token: Reference(str(token)))
    compare = v_args(inline=True)(lambda _, left, operator, right: Compare(str(operator), left, right))
    between = v_args(inline=True)(lambda _, operand, lower, upper: Between(operand, lower, upper))
    arithmetic = v_args(inline=True)(lambda _, left, sign, right: Arithmetic(str(sign), left, right))
    assignment = v_args(inline=True)(lambda _, path, _equals, node: Action("SET", path, node))
    element = v_args(inline=True)(lambda _, token: str(token))
    index = v_args(inline=True)(lambda _, token: int(token))

    def member(self, children: list[Node]) -> Node:
        return In(children[0], tuple(children[1:]))

    def path(self, children: list[str | int]) -> Node:
        return Path((str(children[0]), *children[1:]))

    def call(self, children: list[Node]) -> Node:
        return Call(str(children[0]), tuple(children[1:]))

    def set(self, children: list[Action]) -> tuple[str, list[Action]]:
        return "SET", children

    def remove(self, children: list[Path]) -> tuple[str, list[Action]]:
        return "REMOVE", [Action("REMOVE", path) for path in children]

    def add(self, children: list[Node]) -> tuple[str, list[Action]]:
        return "ADD", _pairs("ADD", children)

    def delete(self, children: list[Node]) -> tuple[str, list[Action]]:
        return "DELETE", _pairs("DELETE", children)

    def update(self, children: list[tuple[str, list[Action]]]) -> Node:
        return Update(
            tuple(action for _, actions in children for action in actions), tuple(name for name, _ in children)
        )

    def projection(self, children: list[Path]) -> Node:
        return Projection(tuple(children))


setattr(_Nodes, "and", lambda _, children: And(tuple(children)))
setattr(_Nodes, "or", lambda _, children: Or(tuple(children)))


def _pairs(section: Literal["ADD", "DELETE"], children: list[Node]) -> list[Action]:
    return [
        Action(section, path, value)
        for path, value in zip(children[::2], children[1::2], strict=True)
        if isinstance(path, Path)
    ]


_PARSER = lark.Lark(
    files(__package__).joinpath("grammar.lark").read_text(),
    parser="lalr",
    lexer="basic",  # a keyword is one wherever it stands
    start=["condition", "update", "projection"],
    transformer=_Nodes(),
)
