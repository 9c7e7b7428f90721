"""Cases kept as JSON Lines in tests/cases: one object a line, each with an `id` and the page it comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[1] / "cases"


def read_cases(*names: str) -> list[dict[str, Any]]:
    """Return the cases of files under tests/cases; a name may be a pattern."""
    paths = [path for name in names for path in sorted(CASES.glob(name))]
    assert paths, f"no file of cases matches {names}"
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def parameters(*names: str) -> list[Any]:
    """Return the cases as pytest parameters, one test id each."""
    return [pytest.param(case, id=case["id"]) for case in read_cases(*names)]
