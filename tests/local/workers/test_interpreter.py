"""A function runs under the Python that its Runtime names where that runs, else under the present one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from crossgrant.local.workers.interpreter import PRESENT, Interpreter, Interpreters

pytestmark = pytest.mark.slow


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    folders = [tmp_path / "shims", tmp_path / "bin"]
    for folder in folders:
        folder.mkdir()
    monkeypatch.setenv("PATH", ":".join(map(str, folders)))
    return folders


def put(folder: Path, name: str, script: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def find(runtime: str) -> Interpreter:
    return asyncio.run(Interpreters().find(runtime))


def test_the_named_python_is_found_on_path(path: list[Path]) -> None:
    program = put(path[1], "python3.9", "echo Python 3.9.18")
    assert find("python3.9") == Interpreter(str(program), "3.9.18")


def test_a_shim_that_fails_is_passed_over(path: list[Path]) -> None:
    put(path[0], "python3.9", "echo 'python3.9: command not found' >&2; exit 127")
    program = put(path[1], "python3.9", "echo Python 3.9.18")
    assert find("python3.9").executable == str(program)


def test_the_present_python_stands_in_for_one_that_is_not_here(path: list[Path]) -> None:
    put(path[0], "python3.9", "exit 127")
    assert find("python3.9") is PRESENT


def test_the_present_python_serves_its_own_runtime() -> None:
    assert find(f"python{PRESENT.minor}") is PRESENT
