"""Projections: the part of an item that some paths name.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from crossgrant.local.services.dynamodb.expressions.bind import DocumentPath, Placeholders, check_overlap
from crossgrant.local.services.dynamodb.expressions.check import checked_tree
from crossgrant.local.services.dynamodb.expressions.syntax import Projection
from crossgrant.local.services.dynamodb.values import Item, Value

# A path's parts lead down the tree; None stands where a path ends, and keeps the whole value.
Selection: TypeAlias = dict[str | int, Any]


def projection(text: str, placeholders: Placeholders) -> tuple[DocumentPath, ...]:
    """Return the paths that `text` lists.

    Raises:
        ExpressionError: AWS's text.

    """
    tree = checked_tree("projection", text)
    assert isinstance(tree, Projection)
    paths = tuple(placeholders.path(path) for path in tree.paths)
    check_overlap(paths)
    return paths


def select(item: Item, paths: Iterable[DocumentPath]) -> Item:
    """Return the part of the item that the paths name; list elements close up, in their order."""
    selection: Selection = {}
    for path in paths:
        place = selection
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = None
    return _selected_map(item, selection)


def _selected_map(item: Item, selection: Selection) -> Item:
    selected = ((name, _selected(item[name], selection[name])) for name in item if name in selection)
    return {name: value for name, value in selected if value is not None}


def _selected(value: Value, selection: Selection | None) -> Value | None:
    """Return the part of a value, or None when no path leads anywhere in it."""
    if selection is None:
        return value
    if "M" in value:
        inner = _selected_map(value["M"], selection)
        return {"M": inner} if inner else None
    if "L" in value:
        places = sorted(part for part in selection if isinstance(part, int) and part < len(value["L"]))
        elements = [_selected(value["L"][place], selection[place]) for place in places]
        kept = [element for element in elements if element is not None]
        return {"L": kept} if kept else None
    return None
