"""`crossgrant demo`, run as a user runs it."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from crossgrant.demo import play
from crossgrant.demo.calls import create_table
from crossgrant.demo.cast import cast
from crossgrant.demo.impossible import checks
from crossgrant.demo.mutations import mutations
from crossgrant.demo.step import Chapter, Refused, Step
from crossgrant.demo.story import chapters
from support.gateway import crossgrant, environment

TABLE = tomllib.loads((Path(__file__).parents[1] / "cases" / "demo" / "mutations.toml").read_text("utf-8"))["mutation"]


MISLEADING = {
    "AWS_PROFILE": "no-such-profile",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_SESSION_TOKEN": "example",
    "AWS_REGION": "eu-west-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}


@pytest.mark.slow
def test_every_step_ends_as_the_story_says() -> None:
    ran = crossgrant("demo", "--json")
    report = json.loads(ran.stdout)
    assert [step["id"] for step in report["steps"] if not step["as_expected"]] == []
    assert (ran.returncode, report["as_expected"]) == (0, True)
    steps = {step["id"]: step for step in report["steps"]}
    assert steps["granted"]["got"]["value"]["status"] == {"S": "shipped"}
    assert _deciding(steps["refused"]) == [("RESOURCE", "nothing_allows", None)]
    assert _deciding(steps["put-item"]) == [("PRINCIPAL", "nothing_allows", None)]
    assert {sid for step in ("granted", "right-external-id") for _, _, sid in _deciding(steps[step])} >= {
        "AssumeOwnerRole",
        "AssumeThisRole",
        "UseTable",
    }


@pytest.mark.slow
def test_the_story_reads_without_colours_and_whatever_the_environment_says() -> None:
    ran = crossgrant("demo", env=environment() | MISLEADING)
    assert ran.returncode == 0
    assert "\x1b" not in ran.stdout
    assert "caller (A) 111111111111" in ran.stdout
    assert "$ aws --profile caller lambda invoke --function-name orders-api" in ran.stdout
    assert "lambda:SourceFunctionArn must be function:orders-api, and is function:orders-report" in ran.stdout
    assert re.search(r"28 steps in [\d.]+ s, every one as expected; 13 refused by IAM or STS\.", ran.stdout)
    assert ran.stdout.count("✓") == 28
    printed = set(ran.stdout.splitlines())
    assert [line for line in _lines_of_the_readme() if line not in printed] == []
    assert "✗" not in ran.stdout


@pytest.mark.slow
def test_each_mutation_flips_exactly_the_steps_it_should() -> None:
    ran = crossgrant("demo", "--mutate", "--json", timeout=300)
    assert ran.returncode == 0
    flipped = {row["id"]: row["flipped"] for row in json.loads(ran.stdout)["mutations"]}
    assert flipped == {row["id"]: row["flips"] for row in TABLE}


@pytest.mark.slow
def test_a_step_that_differs_ends_the_demo_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", environment()["PYTHONPATH"])
    allowed = Step("table", "the owner makes a table", create_table("owner", "Orders"), Refused("AccessDenied"))
    monkeypatch.setattr(play, "chapters", lambda _: (Chapter("A story that is wrong", (allowed,)),))
    as_expected, report = play.play_story(quiet=False)
    assert (as_expected, report["as_expected"]) == (False, False)
    assert "1 of 1 steps differ: table" in capsys.readouterr().out


def test_every_part_of_the_derived_policies_is_mutated() -> None:
    assert [mutation.id for mutation in mutations(cast())] == [row["id"] for row in TABLE]


def test_a_mutation_that_flips_nothing_says_what_still_holds() -> None:
    assert all(bool(row["flips"]) != ("why" in row) for row in TABLE)


def test_every_check_is_flipped_by_a_mutation() -> None:
    assert {step.id for step in checks(cast())} == {step for row in TABLE for step in row["flips"]}


def test_no_two_steps_share_an_id() -> None:
    ids = [step.id for chapter in chapters(cast()) for step in chapter.steps]
    assert len(ids) == len(set(ids))


def _lines_of_the_readme() -> list[str]:
    """Return the lines that README.md shows of the demo."""
    blocks = (Path(__file__).parents[2] / "README.md").read_text("utf-8").split("```\n")
    (shown,) = (block for block in blocks if block.startswith("  ✓"))
    lines = shown.splitlines()
    assert len(lines) == 10
    return lines


def _deciding(step: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [
        (reason["layer"], reason["kind"], reason["sid"])
        for decision in step["decisions"]
        for reason in decision["decided_by"]
        if decision["action"] != "lambda:InvokeFunction"
    ]
