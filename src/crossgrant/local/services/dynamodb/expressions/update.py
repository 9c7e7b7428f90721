"""Updates: the actions of an update expression on an item.

Every value is computed from the item as it was; the actions then act on a copy.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from crossgrant.local.services.dynamodb import numbers
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expressions.bind import (
    DocumentPath,
    Placeholders,
    check_overlap,
    child,
    resolve,
)
from crossgrant.local.services.dynamodb.expressions.check import check_arguments, checked_tree
from crossgrant.local.services.dynamodb.expressions.syntax import (
    Action,
    Arithmetic,
    Call,
    ExpressionError,
    Node,
    Parenthesis,
    Path,
    Reference,
    Update,
    bare,
)
from crossgrant.local.services.dynamodb.values import Item, Value, type_of

Operand: TypeAlias = Callable[[Item], Value]

_ADDED = {"N", "SS", "NS", "BS"}
_DELETED = {"SS", "NS", "BS"}
_TYPE_NAMES = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "SS": "STRING_SET",
    "NS": "NUMBER_SET",
    "BS": "BINARY_SET",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "L": "LIST",
    "M": "MAP",
}


_WRONG_TYPE = "An operand in the update expression has an incorrect data type"


class _OtherTypeError(Exception):
    """An attribute has another type than what is added to it or deleted from it."""


@dataclass(frozen=True, slots=True)
class BoundAction:
    """One action with its path resolved, and the function of the old item that gives its value."""

    section: str
    path: DocumentPath
    value: Operand | None


@dataclass(frozen=True, slots=True)
class BoundUpdate:
    """The actions of an update, in the order written, and the paths that they write and read."""

    actions: tuple[BoundAction, ...]
    paths: tuple[DocumentPath, ...]
    read_paths: tuple[DocumentPath, ...] = ()
    mismatch: str = _WRONG_TYPE  # what ADD and DELETE say of an attribute of another type

    def apply(self, item: Item) -> Item:
        """Return the item after the update.

        Raises:
            ServiceError: an operand or path doesn't fit the item.

        """
        values = [None if action.value is None else action.value(item) for action in self.actions]
        changed = item.copy() if all(len(action.path) == 1 for action in self.actions) else copy.deepcopy(item)
        removed: list[DocumentPath] = []
        for action, value in zip(self.actions, values, strict=True):
            if action.section == "REMOVE":
                removed.append(action.path)
                continue
            assert value is not None
            try:
                _ACT[action.section](changed, action.path, value)
            except _OtherTypeError:
                raise validation(self.mismatch) from None
        # From the end of each list, so that an index means the place it had before.
        for path in sorted(removed, key=lambda path: [(isinstance(part, int), part) for part in path], reverse=True):
            _remove(changed, path)
        return changed


def update(text: str, placeholders: Placeholders) -> BoundUpdate:
    """Return the update that `text` states.

    Raises:
        ExpressionError: AWS's text.

    """
    tree = checked_tree("update", text)
    assert isinstance(tree, Update)
    return bound_update(tree, placeholders)


def bound_update(tree: Update, placeholders: Placeholders) -> BoundUpdate:
    """Return the update that a checked tree states; errors as `update`."""
    paths = tuple(placeholders.path(action.path) for action in tree.actions)
    check_overlap(paths)
    read: list[DocumentPath] = []
    actions = tuple(_bind(action, placeholders, read) for action in tree.actions)
    return BoundUpdate(actions, paths, tuple(read))


def _bind(action: Action, placeholders: Placeholders, read: list[DocumentPath]) -> BoundAction:
    path = placeholders.path(action.path)
    if action.value is None:
        return BoundAction(action.section, path, None)
    if action.section in ("ADD", "DELETE"):
        assert isinstance(action.value, Reference)
        kind = type_of(placeholders.value(action.value))
        if kind not in (_ADDED if action.section == "ADD" else _DELETED):
            raise ExpressionError(
                "Incorrect operand type for operator or function; "
                f"operator: {action.section}, operand type: {_TYPE_NAMES[kind]}, "
                f"typeSet: ALLOWED_FOR_{action.section}_OPERAND"
            )
    return BoundAction(action.section, path, _operand(action.value, placeholders, read))


def _operand(node: Node, placeholders: Placeholders, read: list[DocumentPath]) -> Operand:
    match node:
        case Parenthesis(inner):
            return _operand(inner, placeholders, read)
        case Reference():
            value = placeholders.value(node)
            return lambda _: value
        case Path():
            path = placeholders.path(node)
            read.append(path)
            return lambda item: _existing(resolve(item, path))
        case Arithmetic(sign, left, right):
            operands = [_operand(each, placeholders, read) for each in (left, right)]
            one, two = _typed(sign, (left, right), operands, "N", placeholders)
            combine = numbers.added if sign == "+" else numbers.subtracted
            return lambda item: {"N": combine(one(item)["N"], two(item)["N"])}
        case Call(function, arguments):
            operands = [_operand(argument, placeholders, read) for argument in arguments]
            check_arguments(node)
            if function == "list_append":
                first, last = _typed(function, arguments, operands, "L", placeholders)
                return lambda item: {"L": [*first(item)["L"], *last(item)["L"]]}
            return _if_not_exists(bare(arguments[0]), operands[1], placeholders)
    raise AssertionError("the checks let only operands through")


def _if_not_exists(path: Node, default: Operand, placeholders: Placeholders) -> Operand:
    assert isinstance(path, Path)
    target = placeholders.path(path)

    def found(item: Item) -> Value:
        value = resolve(item, target)
        fallback = default(item)  # a default that the item hasn't is an error, needed or not
        return fallback if value is None else value

    return found


def _typed(
    function: str, nodes: tuple[Node, ...], operands: list[Operand], kind: str, placeholders: Placeholders
) -> list[Operand]:
    """Return the operands of a function that only one type fits, checked to have it."""
    for node in map(bare, nodes):
        if isinstance(node, Reference) and (given := type_of(placeholders.value(node))) != kind:
            raise ExpressionError(
                "Incorrect operand type for operator or function; "
                f"operator or function: {function}, operand type: {given}"
            )

    def checked(operand: Operand) -> Operand:
        def value_of(item: Item) -> Value:
            value = operand(item)
            if kind not in value:
                raise validation(_WRONG_TYPE)
            return value

        return value_of

    return [checked(operand) for operand in operands]


def _existing(value: Value | None) -> Value:
    if value is None:
        raise validation("The provided expression refers to an attribute that does not exist in the item")
    return value


def _invalid_path() -> Exception:
    return validation("The document path provided in the update expression is invalid for update")


def _parent(item: Item, path: DocumentPath) -> Value:
    """Return the map or list that holds the path's last part."""
    parent = {"M": item} if len(path) == 1 else resolve(item, path[:-1])
    if parent is None or ("M" if isinstance(path[-1], str) else "L") not in parent:
        raise _invalid_path()
    return parent


def _set(item: Item, path: DocumentPath, value: Value) -> None:
    parent, last = _parent(item, path), path[-1]
    if isinstance(last, str):
        parent["M"][last] = value
    elif last < len(parent["L"]):
        parent["L"][last] = value
    else:
        parent["L"].append(value)


def _remove(item: Item, path: DocumentPath) -> None:
    parent, last = _parent(item, path), path[-1]
    if isinstance(last, str):
        parent["M"].pop(last, None)
    elif last < len(parent["L"]):
        del parent["L"][last]


def _add(item: Item, path: DocumentPath, value: Value) -> None:
    old = child(_parent(item, path), path[-1])
    if old is None:
        _set(item, path, value)
        return
    ((kind, content),) = value.items()
    if kind not in old:
        raise _OtherTypeError
    if kind == "N":
        _set(item, path, {"N": numbers.added(old["N"], content)})
    elif kind == "L":  # the legacy AttributeUpdates alone adds to lists
        _set(item, path, {"L": [*old["L"], *content]})
    else:
        _set(item, path, {kind: [*old[kind], *(member for member in content if member not in set(old[kind]))]})


def _delete(item: Item, path: DocumentPath, value: Value) -> None:
    old = child(_parent(item, path), path[-1])
    if old is None:
        return
    ((kind, content),) = value.items()
    if kind not in old:
        raise _OtherTypeError
    left = [member for member in old[kind] if member not in set(content)]
    if left:
        _set(item, path, {kind: left})
    else:
        _remove(item, path)


_ACT: dict[str, Callable[[Item, DocumentPath, Value], None]] = {"SET": _set, "ADD": _add, "DELETE": _delete}
