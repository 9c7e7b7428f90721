"""The cases of tests/cases/grants: a base file, and the edits that make each case of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

CASES = Path(__file__).parents[1] / "cases" / "grants"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GrantCase:
    id: str
    text: str
    expected: str


def grant_cases(name: str) -> list[GrantCase]:
    """Return the cases of one file of tests/cases/grants, each as the text of a whole grant file."""
    base = (CASES / "base.yaml").read_text("utf-8")
    rows = tomllib.loads((CASES / name).read_text("utf-8"))["case"]
    return [GrantCase(row["id"], edited(base, row["edits"]), row.get("expected", "")) for row in rows]


def edited(text: str, edits: list[tuple[str, str]]) -> str:
    """Return a text after edits, each a text that stands once and what replaces it."""
    for find, replacement in edits:
        assert text.count(find) == 1, f"{find!r} stands {text.count(find)} times in base.yaml"
        text = text.replace(find, replacement)
    return text
