"""What is wrong with an expression's tree, whatever its names and values: checked once for each text.

The checks stand in AWS's order: the first that fails is the error.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from crossgrant.local.services.dynamodb.expressions.syntax import (
    And,
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
    parse,
    walk,
)


class Function(NamedTuple):
    """A function: how many operands it takes, whether it is a condition or an operand, and where it may stand."""

    operands: int
    is_condition: bool
    kind: Kind
    takes_path: bool = False


FUNCTIONS = {
    "attribute_exists": Function(1, is_condition=True, kind="condition", takes_path=True),
    "attribute_not_exists": Function(1, is_condition=True, kind="condition", takes_path=True),
    "attribute_type": Function(2, is_condition=True, kind="condition"),
    "begins_with": Function(2, is_condition=True, kind="condition"),
    "contains": Function(2, is_condition=True, kind="condition"),
    "size": Function(1, is_condition=False, kind="condition"),
    "if_not_exists": Function(2, is_condition=False, kind="update", takes_path=True),
    "list_append": Function(2, is_condition=False, kind="update"),
}


_CACHED_TEXTS = 2048


@lru_cache(maxsize=_CACHED_TEXTS)
def checked_tree(kind: Kind, text: str) -> Node:
    """Return the tree of an expression: each text is parsed and checked once.

    Raises:
        ExpressionError: AWS's text.

    """
    tree = parse(kind, text)
    check_tree(kind, tree)
    for path in _paths(tree):
        _check_reserved(path)
    return tree


def check_tree(kind: Kind, tree: Node) -> None:
    """Check a tree, however it was made; errors as `checked_tree`."""
    match tree:
        case Update():
            _check_sections(tree)
            operands = [action.value for action in tree.actions if action.value is not None]
        case Projection():
            operands = []
        case _:
            operands = [tree]
            _check_condition(tree)
    for operand in operands:
        _check_parentheses(operand)
    for test in (_check_function_name, _check_function_use, _check_operand_count, _check_operand_path):
        for operand in operands:
            for node in walk(operand):
                if isinstance(node, Call):
                    test(kind, node)


def _check_sections(update: Update) -> None:
    for section in update.sections:
        if update.sections.count(section) > 1:
            raise ExpressionError(f'The "{section}" section can only be used once in an update expression;')


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
        case Call(function, arguments):
            _check_operands(arguments)
            known = FUNCTIONS.get(function)
            if known and known.kind == "condition" and not known.is_condition:
                raise _misplaced(function)
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
            case Call(function, arguments):
                _check_operands(arguments)
                known = FUNCTIONS.get(function)
                if known and known.is_condition:
                    raise _misplaced(function)


def _misplaced(function: str) -> ExpressionError:
    return ExpressionError(f"The function is not allowed to be used this way in an expression; function: {function}")


def _check_parentheses(node: Node) -> None:
    for each in walk(node):
        if isinstance(each, Parenthesis) and isinstance(each.inner, Parenthesis):
            raise ExpressionError("The expression has redundant parentheses;")


def _check_function_name(_kind: Kind, call: Call) -> None:
    if call.function not in FUNCTIONS:
        raise ExpressionError(f"Invalid function name; function: {call.function}")


def _check_function_use(kind: Kind, call: Call) -> None:
    if FUNCTIONS[call.function].kind != kind:
        article = "a condition" if kind == "condition" else "an update"
        raise ExpressionError(f"The function is not allowed in {article} expression; function: {call.function}")


def _check_operand_count(_kind: Kind, call: Call) -> None:
    if len(call.arguments) != FUNCTIONS[call.function].operands:
        raise ExpressionError(
            "Incorrect number of operands for operator or function; "
            f"operator or function: {call.function}, number of operands: {len(call.arguments)}"
        )


def _check_operand_path(_kind: Kind, call: Call) -> None:
    if FUNCTIONS[call.function].takes_path and not isinstance(call.arguments[0], Path):
        raise ExpressionError(f"Operator or function requires a document path; operator or function: {call.function}")


def _paths(tree: Node) -> Iterable[Path]:
    match tree:
        case Projection(paths):
            yield from paths
        case Update(actions):
            for action in actions:
                yield action.path
                if action.value is not None:
                    yield from _paths(action.value)
        case _:
            yield from (node for node in walk(tree) if isinstance(node, Path))


@lru_cache(maxsize=1)
def reserved_words() -> frozenset[str]:
    """Return the words that may not name an attribute in an expression.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
    """
    return frozenset(files(__package__).joinpath("reserved_words.txt").read_text().split())


def _check_reserved(path: Path) -> None:
    for part in path.parts:
        if isinstance(part, str) and part.upper() in reserved_words():
            raise ExpressionError(f"Attribute name is a reserved keyword; reserved keyword: {part}")
