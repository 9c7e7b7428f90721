"""A second, literal reading of update expressions: no parser, no sharing with the engine, plain Python over plain data.

An update is a list of actions as AWS's page lists them; an item is a dict of Decimals, strings, sets, lists and dicts.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

Plain = Any
Path = tuple[str | int, ...]
Action = tuple[str, Path, Any]


class ReadingError(Exception):
    """The update doesn't fit the item."""


def read(item: dict[str, Plain], path: Path) -> Plain:
    """Return the value at a path, or raise ReadingError."""
    value: Plain = item
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            raise ReadingError(path) from None
        if isinstance(value, str | Decimal) and part != path[-1]:
            raise ReadingError(path)
    return value


def operand(item: dict[str, Plain], term: Any) -> Plain:
    """Return the value of a term: ("value", v), ("path", p), ("+", a, b), ("-", a, b), ("list_append", a, b)…"""
    match term:
        case ("value", value):
            return value
        case ("path", path):
            return copy.deepcopy(read(item, path))
        case ("if_not_exists", path, default):
            try:
                return copy.deepcopy(read(item, path))
            except ReadingError:
                return operand(item, default)
        case ("list_append", left, right):
            one, two = operand(item, left), operand(item, right)
            if not (isinstance(one, list) and isinstance(two, list)):
                raise ReadingError(term)
            return one + two
        case (sign, left, right):
            one, two = operand(item, left), operand(item, right)
            if not (isinstance(one, Decimal) and isinstance(two, Decimal)):
                raise ReadingError(term)
            return one + two if sign == "+" else one - two
    raise AssertionError(term)


def update(item: dict[str, Plain], actions: list[Action]) -> dict[str, Plain]:
    """Return the item after the actions, or raise ReadingError."""
    values = [None if section == "REMOVE" else operand(item, term) for section, _, term in actions]
    new = copy.deepcopy(item)
    for (section, path, _), value in zip(actions, values, strict=True):
        if section == "SET":
            _set(new, path, value)
        elif section == "ADD":
            _add(new, path, value)
        elif section == "DELETE":
            _delete(new, path, value)
    removed = [path for section, path, _ in actions if section == "REMOVE"]
    for path in removed:
        parent = _parent(new, path)
        if isinstance(path[-1], str):
            parent.pop(path[-1], None)
        elif path[-1] < len(parent):
            parent[path[-1]] = _GONE
    return {name: _without_gone(value) for name, value in new.items()}


_GONE = object()


def _without_gone(value: Plain) -> Plain:
    if isinstance(value, list):
        return [_without_gone(each) for each in value if each is not _GONE]
    if isinstance(value, dict):
        return {name: _without_gone(each) for name, each in value.items()}
    return value


def _parent(item: dict[str, Plain], path: Path) -> Plain:
    parent = read(item, path[:-1]) if len(path) > 1 else item
    if not isinstance(parent, dict if isinstance(path[-1], str) else list):
        raise ReadingError(path)
    return parent


def _set(item: dict[str, Plain], path: Path, value: Plain) -> None:
    parent, last = _parent(item, path), path[-1]
    if isinstance(last, int) and last >= len(parent):
        parent.append(value)
    else:
        parent[last] = value


def _there(item: dict[str, Plain], path: Path) -> Plain:
    parent, last = _parent(item, path), path[-1]
    if isinstance(last, int):
        return parent[last] if last < len(parent) else None
    return parent.get(last)


def _add(item: dict[str, Plain], path: Path, value: Plain) -> None:
    old = _there(item, path)
    if old is None:
        _set(item, path, value)
    elif isinstance(old, Decimal) and isinstance(value, Decimal):
        _set(item, path, old + value)
    elif isinstance(old, frozenset) and isinstance(value, frozenset) and _kind(old) == _kind(value):
        _set(item, path, old | value)
    else:
        raise ReadingError(path)


def _delete(item: dict[str, Plain], path: Path, value: Plain) -> None:
    old = _there(item, path)
    if old is None:
        return
    if not isinstance(old, frozenset) or _kind(old) != _kind(value):
        raise ReadingError(path)
    if old - value:
        _set(item, path, old - value)
    else:
        del _parent(item, path)[path[-1]]


def _kind(members: frozenset[Any]) -> type:
    return type(next(iter(members)))
