"""The commands of docs/first-run.md, run in a shell as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.gateway import environment

PAGE = (Path(__file__).parents[2] / "docs" / "first-run.md").read_text("utf-8")
DEMO, BY_HAND, USED = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment with a `crossgrant` on PATH, that knows of no gateway but its own, which is stopped."""
    program = tmp_path / "bin" / "crossgrant"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m crossgrant "$@"\n')
    program.chmod(0o700)
    variables = environment() | {"XDG_STATE_HOME": str(tmp_path / "state")}
    variables["PATH"] = f"{program.parent}:{variables['PATH']}"
    yield variables
    subprocess.run([str(program), "down"], env=variables, check=False, capture_output=True)


@pytest.mark.slow
def test_the_first_run_goes_as_the_page_says(tmp_path: Path, shell: dict[str, str]) -> None:
    commands = (BY_HAND + USED).replace(".venv/bin/crossgrant", "crossgrant")
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=tmp_path,
        env=shell,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert '"TableName": "Orders"' in ran.stdout
    assert "trust policy of CrossAccountDynamoDBRole" in ran.stdout
    assert "the gateway's clock shows" in ran.stdout
    assert "stopped the gateway" in ran.stdout


def test_the_demo_is_one_command() -> None:
    assert DEMO == "python3 dev.py demo\n"
