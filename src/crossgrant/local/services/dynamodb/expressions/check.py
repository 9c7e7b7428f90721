"""What is wrong with an expression's tree, whatever its names and values: checked once for each text.

The checks stand in AWS's order: the first that fails is the error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

from crossgrant.local.services.dynamodb.expressions.syntax import (
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
    Update,
    bare,
    children,
    parse,
    walk,
)

Stands = Literal["condition", "value", "operand"]  # "value": the whole of what a SET action assigns


class Function(NamedTuple):
    """A function: how many operands it takes, in which expressions it is known, and where it may stand there."""

    operands: int
    kind: Kind
    stands: tuple[Stands, ...]
    takes_path: bool = False


FUNCTIONS = {
    "attribute_exists": Function(1, "condition", ("condition",), takes_path=True),
    "attribute_not_exists": Function(1, "condition", ("condition",), takes_path=True),
    "attribute_type": Function(2, "condition", ("condition",)),
    "begins_with": Function(2, "condition", ("condition",)),
    "contains": Function(2, "condition", ("condition",)),
    "size": Function(1, "condition", ("operand",)),
    "if_not_exists": Function(2, "update", ("value", "operand"), takes_path=True),
    "list_append": Function(2, "update", ("value",)),
}


_CACHED_TEXTS = 2048

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
_MOST_OPERATORS = 300
_MOST_OPTIONS = 100
_MOST_PARTS = 32
_MOST_INDEX = 2**31 - 1


@lru_cache(maxsize=_CACHED_TEXTS)
def checked_tree(kind: Kind, text: str) -> Node:
    """Return the tree of an expression: each text is parsed and checked once.

    Raises:
        ExpressionError: AWS's text.

    """
    tree = parse(kind, text)
    check_tree(kind, tree, reserved_words())
    return tree


def check_tree(kind: Kind, tree: Node, reserved: frozenset[str] = frozenset()) -> None:
    """Check a tree, however it was made; no path may hold a word of `reserved`. Errors as `checked_tree`."""
    if kind == "condition":
        _check_condition(tree)
    for node in walk(tree):
        if isinstance(node, Parenthesis) and isinstance(node.inner, Parenthesis):
            raise ExpressionError("The expression has redundant parentheses;")
    for node, stands in _in_place(tree):
        if isinstance(node, Call):
            _check_function(kind, node, stands)
        elif isinstance(node, Path):
            _check_path(node, reserved)
    if isinstance(tree, Update):
        _check_sections(tree)
    _check_sizes(tree)


def _check_condition(node: Node) -> None:
    """Check that a condition stands where one must."""
    match node:
        case And(conditions) | Or(conditions):
            for condition in conditions:
                _check_condition(condition)
        case Not(inner) | Parenthesis(inner):
            _check_condition(inner)
        case Compare(_, left, right):
            _check_operands((left, right))
        case Between(operand, lower, upper):
            _check_operands((operand, lower, upper))
        case In(operand, options):
            _check_operands((operand, *options))
        case Call(_, arguments):
            _check_operands(arguments)
        case Path(parts):
            raise ExpressionError(f'Syntax error; token: "<EOF>", near: "{parts[-1]}"')
        case _:
            raise ExpressionError(f'Syntax error; token: "<EOF>", near: "{getattr(node, "name", "")}"')


def _check_operands(nodes: Iterable[Node]) -> None:
    for node in nodes:
        match node:
            case Parenthesis(inner):
                _check_operands((inner,))
            case And() | Or() | Not() | Compare() | Between() | In():
                raise ExpressionError('Syntax error; token: "(", near: "("')
            case Call(_, arguments):
                _check_operands(arguments)


def _in_place(tree: Node) -> Iterator[tuple[Node, Stands]]:
    """Yield each node, outermost first and in the order written, with the place it stands in."""
    match tree:
        case Projection(paths):
            yield from ((path, "operand") for path in paths)
        case Update(actions):
            for action in actions:
                yield action.path, "operand"
                if action.value is not None:
                    yield from _within(action.value, "value")
        case _:
            yield from _within(tree, "condition")


def _within(node: Node, stands: Stands) -> Iterator[tuple[Node, Stands]]:
    yield node, stands
    inner: Stands = stands if isinstance(node, And | Or | Not | Parenthesis) else "operand"
    for child in children(node):
        yield from _within(child, inner)


def _check_function(kind: Kind, call: Call, stands: Stands) -> None:
    function = FUNCTIONS.get(call.function)
    if function is None:
        raise ExpressionError(f"Invalid function name; function: {call.function}")
    if function.kind != kind:
        article = "a condition" if kind == "condition" else "an update"
        raise ExpressionError(f"The function is not allowed in {article} expression; function: {call.function}")
    if stands not in function.stands:
        raise ExpressionError(
            f"The function is not allowed to be used this way in an expression; function: {call.function}"
        )


def _check_path(path: Path, reserved: frozenset[str]) -> None:
    for part in path.parts:
        if isinstance(part, int):
            if part > _MOST_INDEX:
                raise ExpressionError(f"List index is not within the allowable range; index: [{part}]")
        elif part.upper() in reserved:
            raise ExpressionError(f"Attribute name is a reserved keyword; reserved keyword: {part}")


def _check_sections(update: Update) -> None:
    for section in update.sections:
        if update.sections.count(section) > 1:
            raise ExpressionError(f'The "{section}" section can only be used once in an update expression;')


def _check_sizes(tree: Node) -> None:
    operators = 0
    for node, _ in _in_place(tree):
        match node:
            case Path(parts) if len(parts) > _MOST_PARTS:
                raise ExpressionError(f"The document path has too many nesting levels; nesting levels: {len(parts)}")
            case In(_, options):
                operators += 1
                if len(options) > _MOST_OPTIONS:
                    raise ExpressionError(
                        f"The IN operator is provided with too many operands; number of operands: {len(options)}"
                    )
            case And(conditions) | Or(conditions):
                operators += len(conditions) - 1
            case Compare() | Between() | Call() | Not() | Arithmetic():
                operators += 1
    if operators > _MOST_OPERATORS:  # AWS stops counting there
        raise ExpressionError(f"The expression contains too many operators; operator count: {_MOST_OPERATORS + 1}")


def check_arguments(call: Call) -> None:
    """Check the number of a function's operands, and that a path stands where one must: once they are bound.

    Raises:
        ExpressionError: AWS's text.

    """
    function = FUNCTIONS[call.function]
    if len(call.arguments) != function.operands:
        raise ExpressionError(
            "Incorrect number of operands for operator or function; "
            f"operator or function: {call.function}, number of operands: {len(call.arguments)}"
        )
    if function.takes_path and not isinstance(bare(call.arguments[0]), Path):
        raise ExpressionError(f"Operator or function requires a document path; operator or function: {call.function}")


@lru_cache(maxsize=1)
def reserved_words() -> frozenset[str]:
    """Return the words that may not name an attribute in an expression.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
    """
    return frozenset(files(__package__).joinpath("reserved_words.txt").read_text().split())
