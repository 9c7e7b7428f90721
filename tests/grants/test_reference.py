"""docs/grant-file.md describes every key of the grant file, and none that it doesn't have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crossgrant.grants import parse
from crossgrant.grants.schema import PARTS, keys_of
from support.grant_cases import NOW

PAGE = (Path(__file__).parents[2] / "docs" / "grant-file.md").read_text("utf-8")
HEADINGS = {
    (): "The file",
    ("accounts", "*"): "`accounts.NAME`",
    ("grants", "*"): "`grants.NAME`",
    ("grants", "*", "from"): "`grants.NAME.from`: the caller",
    ("grants", "*", "to"): "`grants.NAME.to`: the owner",
    ("grants", "*", "conditions"): "`grants.NAME.conditions`",
    ("grants", "*", "items"): "`grants.NAME.items`",
    ("grants", "*", "session"): "`grants.NAME.session`",
}


@pytest.mark.parametrize("part", PARTS, ids=".".join)
def test_the_reference_holds_every_key_and_no_other(part: tuple[str, ...]) -> None:
    section = PAGE.split(f"## {HEADINGS[part]}\n", 1)[1].split("\n## ", 1)[0]
    first_cells = re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE)
    described = [key for cell in first_cells for key in re.findall(r"`(\w+)`", cell)]
    assert sorted(described) == sorted(keys_of(PARTS[part]))


def test_the_example_of_the_reference_is_a_grant_file() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert len(parse(example[1], Path("crossgrant.yaml"), now=NOW).grants) == 1
