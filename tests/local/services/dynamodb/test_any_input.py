"""Whatever a client sends, the answer is AWS's: a fault of ours would be another exception."""

from __future__ import annotations

import contextlib
import copy
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrant.local.operation import ServiceError
from support.dynamodb_cases import TABLES, cases
from support.embedded_table import EmbeddedTable

CALLS = [(operation, given) for _, case in cases() for operation, given in [*case.get("setup", ()), case["call"]]]

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(("\ud800", "a" * 3000, "1e999999999", ":v", "#n", "Orders", "SET a = :v", "9" * 40))
)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("S", "N", "B", "SS", "NS", "L", "M", "NULL", "id", "at")), inner, max_size=3)
    ),
    max_leaves=6,
)


def mutate(given: Any, put: Any, choose: random.Random) -> Any:
    """Return a copy of an input in which one place holds something else."""
    changed = copy.deepcopy(given)
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for name, child in children:
            places.append((node, name))
            walk(child)

    walk(changed)
    if not places:
        return put if isinstance(put, dict) else changed
    parent, name = choose.choice(places)
    if choose.random() < 0.1:
        del parent[name]
    else:
        parent[name] = put
    return changed


@pytest.mark.slow
@settings(max_examples=400)
@given(st.sampled_from(CALLS), anything, st.integers())
def test_no_input_is_a_fault(call: tuple[str, dict[str, Any]], put: Any, seed: int) -> None:
    operation, given_ = call
    table = EmbeddedTable()
    for definition in TABLES:
        table.ask("CreateTable", definition)
        table.call("DescribeTable", TableName=definition["TableName"])
    with contextlib.suppress(ServiceError):
        table.ask(operation, mutate(given_, put, random.Random(seed)))
