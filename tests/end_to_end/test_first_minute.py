"""What README.md shows of `crossgrant why` is what it says of the demo's refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossgrant.demo.cast import cast
from crossgrant.demo.gateway import Gateway
from crossgrant.demo.outcome import Failed
from crossgrant.demo.perform import Performer
from crossgrant.demo.story import chapters
from support.gateway import ACCOUNTS, crossgrant, running_gateway

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_why_says_of_the_demos_refusal_what_the_readme_shows(tmp_path: Path) -> None:
    with running_gateway(tmp_path, accounts=ACCOUNTS) as gateway:
        files = (gateway.config_file, gateway.credentials_file)
        performer = Performer(Gateway(gateway.endpoint, gateway.region, *files, users={}, started_in=0.0))
        setting, granting = (chapter.steps for chapter in chapters(cast())[:2])
        for step in setting:
            performer.perform(step.acts)
        refused = performer.perform(granting[0].acts)
        assert isinstance(refused, Failed)
        text = f"An error occurred ({refused.code}) when calling the AssumeRole operation: {refused.message}"
        said = gateway.crossgrant("why", "--embedded", text)
    assert said.returncode == 1
    printed = said.stdout.splitlines()
    assert [line for line in _shown() if line not in printed] == []


def test_the_readme_shows_commands_that_there_are() -> None:
    commands = crossgrant("--help").stdout
    for name in ("demo", "why", "init", "derive", "up", "env"):
        assert f"crossgrant {name}" in README
        assert name in commands


def _shown() -> list[str]:
    (block,) = (block for block in README.split("```\n") if block.startswith("  caller (A)"))
    return block.splitlines()
