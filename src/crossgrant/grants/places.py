"""Where a key of the file stands: line and column, from 1, as editors count."""

from __future__ import annotations

from typing import Any, TypeAlias

from ruamel.yaml.comments import CommentedMap, CommentedSeq

Key: TypeAlias = tuple[str | int, ...]


def value_at(tree: object, key: Key) -> object:
    """Return what stands at `key`, or None."""
    for step in key:
        if isinstance(tree, CommentedMap):
            tree = tree.get(step)
        elif isinstance(tree, CommentedSeq) and isinstance(step, int) and step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def place_of(tree: object, key: Key, *, of_key: bool = False) -> tuple[int, int]:
    """Return line and column of the value at `key`, or of the nearest thing around it that stands in the file.

    Args:
        tree: what ruamel read.
        key: the way to the value.
        of_key: the place of the key itself, where a mapping holds the value.

    """
    place = (0, 0)
    for depth, step in enumerate(key, start=1):
        found = _place(tree, step, of_key=of_key and depth == len(key))
        if found is None:
            break
        place = found
        tree = value_at(tree, (step,))
    line, column = place
    return line + 1, column + 1


def _place(tree: object, step: str | int, *, of_key: bool) -> tuple[int, int] | None:
    if not isinstance(tree, CommentedMap | CommentedSeq):
        return None
    positions: dict[Any, list[int]] = tree.lc.data or {}
    if step not in positions:
        return None
    key_line, key_column, *value_place = positions[step]
    block_below = isinstance(value_at(tree, (step,)), CommentedMap) and value_place and value_place[0] > key_line
    if of_key or not value_place or block_below:
        return key_line, key_column
    return value_place[0], value_place[1]
