"""Texts of every SDK and tool, and what each says (tests/cases/doctor/errors.jsonl)."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrant.doctor import catalogue, parse_error

FOLDER = Path(__file__).parents[1] / "cases" / "doctor"
CASES = [json.loads(line) for line in (FOLDER / "errors.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_text_says_what_its_case_expects(case: dict[str, Any]) -> None:
    parsed = parse_error(case["text"])
    found = {name: getattr(parsed, name) for name in case["expected"]}
    assert found == case["expected"]


PIECES = st.sampled_from([case["text"] for case in CASES])


@given(
    st.one_of(
        st.text(),
        st.binary().map(lambda each: each.decode("latin-1")),
        st.tuples(PIECES, st.text(), PIECES).map("".join),
    )
)
@settings(max_examples=200, deadline=None)
def test_no_text_makes_the_parser_fail(text: str) -> None:
    parse_error(text)


@given(PIECES, st.integers(0, 2000), st.integers(0, 2000))
@settings(max_examples=100, deadline=None)
def test_a_text_cut_anywhere_is_read(text: str, start: int, length: int) -> None:
    parse_error(text[start : start + length])


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{" * 100_000, '{"a":' * 5_000, "\\u00" * 50_000, "arn:aws:iam::" * 20_000], ids=len
)
def test_deep_and_long_texts_are_read_in_good_time(text: str) -> None:
    parse_error(text)


def test_patterns_do_not_name_causes_of_ordinary_denials() -> None:
    bare = next(case["text"] for case in CASES if case["id"] == "boto3/assume-role")
    assert [cause.id for cause in catalogue().values() if cause.named_by(parse_error(bare).plain)] == []
