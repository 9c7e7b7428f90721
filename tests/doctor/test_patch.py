"""JSON Patch as fixes use it; the examples of RFC 6902, appendix A, and the places of policies."""

from __future__ import annotations

from typing import Any

import pytest

from crossgrant.doctor import apply_patch
from crossgrant.doctor.patch import pointer

CASES: dict[str, tuple[Any, list[dict[str, Any]], Any]] = {
    "A.1 add an object member": (
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux"}],
        {"foo": "bar", "baz": "qux"},
    ),
    "A.2 add an element": ({"foo": [1, 3]}, [{"op": "add", "path": "/foo/1", "value": 2}], {"foo": [1, 2, 3]}),
    "A.3 remove a member": ({"baz": 1, "foo": 2}, [{"op": "remove", "path": "/baz"}], {"foo": 2}),
    "A.4 remove an element": ({"foo": [1, 2, 3]}, [{"op": "remove", "path": "/foo/1"}], {"foo": [1, 3]}),
    "A.5 replace a value": ({"baz": 1}, [{"op": "replace", "path": "/baz", "value": 2}], {"baz": 2}),
    "A.16 add at the end": ({"foo": [1]}, [{"op": "add", "path": "/foo/-", "value": [2]}], {"foo": [1, [2]]}),
    "replace an element": ([1, 2], [{"op": "replace", "path": "/1", "value": 3}], [1, 3]),
    "the whole document": (
        None,
        [{"op": "add", "path": "", "value": {"Version": "2012-10-17"}}],
        {"Version": "2012-10-17"},
    ),
    "an escaped key": ({"a": {"b/c~d": 1}}, [{"op": "replace", "path": "/a/b~1c~0d", "value": 2}], {"a": {"b/c~d": 2}}),
    "one after the other": ([1], [{"op": "add", "path": "/-", "value": 2}, {"op": "remove", "path": "/0"}], [2]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_patch_changes_what_it_says_and_nothing_else(case: str) -> None:
    document, patch, expected = CASES[case]
    before = repr(document)
    assert apply_patch(document, patch) == expected
    assert repr(document) == before


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/none", "value": 1},
        {"op": "remove", "path": "/none"},
        {"op": "move", "from": "/a", "path": "/b"},
        {"op": "add", "path": "/a/b/c", "value": 1},
    ],
    ids=str,
)
def test_a_patch_that_does_not_fit_changes_nothing(operation: dict[str, Any]) -> None:
    document = {"a": 1}
    with pytest.raises((KeyError, IndexError, ValueError, TypeError)):
        apply_patch(document, [operation])
    assert document == {"a": 1}


def test_a_pointer_escapes_what_stands_in_keys() -> None:
    assert pointer("Condition", "StringEquals", "aws:RequestTag/a~b") == "/Condition/StringEquals/aws:RequestTag~1a~0b"
