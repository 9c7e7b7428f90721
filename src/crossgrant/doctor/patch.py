"""JSON Patch, as far as fixes use it: add, replace, remove.

https://www.rfc-editor.org/rfc/rfc6902
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any


def apply_patch(document: Any, patch: Iterable[Mapping[str, Any]]) -> Any:
    """Return `document` with `patch` applied; KeyError, IndexError or ValueError where it does not fit."""
    patched = copy.deepcopy(document)
    for operation in patch:
        patched = _apply(patched, operation)
    return patched


def _apply(document: Any, operation: Mapping[str, Any]) -> Any:
    parts = [each.replace("~1", "/").replace("~0", "~") for each in operation["path"].split("/")[1:]]
    value = copy.deepcopy(operation.get("value"))
    if not parts:
        return value
    parent = document
    for part in parts[:-1]:
        parent = parent[int(part)] if isinstance(parent, list) else parent[part]
    last = parts[-1]
    match operation["op"], parent:
        case "add", list():
            parent.insert(len(parent) if last == "-" else int(last), value)
        case "add", dict():
            parent[last] = value
        case "replace", list():
            parent[int(last)] = value
        case "replace", dict() if last in parent:
            parent[last] = value
        case "remove", list():
            del parent[int(last)]
        case "remove", dict():
            del parent[last]
        case other, _:
            raise ValueError(f"no such patch: {other} {operation['path']}")
    return document


def pointer(*parts: str | int) -> str:
    """Return the JSON pointer of `parts`."""
    return "".join("/" + str(each).replace("~", "~0").replace("/", "~1") for each in parts)
