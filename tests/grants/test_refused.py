"""Every mistake in a grant file is told with its place and its fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrant.errors import CrossgrantError
from crossgrant.grants import GrantFileError, Problem, load, parse
from support.grant_cases import CASES, NOW, GrantCase, grant_cases

PATH = Path("crossgrant.yaml")


@pytest.mark.parametrize("case", grant_cases("refused.toml"), ids=lambda case: case.id)
def test_a_mistake_is_told_with_its_place_and_its_fix(case: GrantCase) -> None:
    with pytest.raises(GrantFileError) as refused:
        parse(case.text, PATH, now=NOW)
    assert refused.value.describe() == case.expected


def test_each_problem_names_its_key() -> None:
    text = (CASES / "base.yaml").read_text("utf-8").replace("[GetItem]", "[GetItem, GetItems]")
    with pytest.raises(GrantFileError) as refused:
        parse(text, PATH, now=NOW)
    assert [problem.key for problem in refused.value.problems] == ["grants.orders-reader.allow.1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# nothing yet\n", "the file is empty"),
        ("- a list\n", "the file holds a list, expected a mapping"),
        ("just words\n", "the file holds `just words`, expected a mapping"),
        ("a: &a [*a]\n", "the file has no key `a`"),
        ("version: 1\n---\nversion: 1\n", "the file is no YAML: but found another document"),
    ],
)
def test_a_file_that_is_no_grant_file_is_told_so(text: str, message: str) -> None:
    with pytest.raises(GrantFileError) as refused:
        parse(text, PATH, now=NOW)
    assert refused.value.message == message


def test_a_file_that_is_not_there_names_init(tmp_path: Path) -> None:
    with pytest.raises(CrossgrantError, match="no such file or directory") as refused:
        load(tmp_path / "crossgrant.yaml", now=NOW)
    assert refused.value.help == "`crossgrant init` writes a grant file"


def test_a_file_that_is_no_text_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "crossgrant.yaml"
    path.write_bytes(b"version: 1\n\xff")
    with pytest.raises(GrantFileError, match="byte 11 of the file is no UTF-8"):
        load(path, now=NOW)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.integers(0, 400), st.integers(0, 40))
def test_no_damage_to_the_file_raises_anything_else(noise: str, at: int, cut: int) -> None:
    text = (CASES / "base.yaml").read_text("utf-8")
    damaged = text[:at] + noise + text[at + cut :]
    for problem in _problems(damaged):
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message


def _problems(text: str) -> tuple[Problem, ...]:
    try:
        parse(text, PATH, now=NOW)
    except GrantFileError as refused:
        return refused.problems
    return ()
