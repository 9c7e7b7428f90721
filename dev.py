#!/usr/bin/env python3
"""Bootstrap and call: `python3 dev.py COMMAND`, on any machine with Python 3.11 or later.

Every command first makes .venv from the hashed requirement files, unless it is up to date, and then runs in it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
USAGE = """\
usage: python3 dev.py COMMAND [ARGUMENTS]

  setup   make .venv, with .venv/bin/crossgrant
  demo    run the story: `crossgrant demo`
  test    run all tests, or those that pytest's ARGUMENTS select
  check   format, lint, types and the layer rule
  bench   measure beside the peers; ARGUMENTS name the measurements
"""


def run(program: str, *arguments: str) -> int:
    """Run one of .venv's programs in the repository and return its exit code."""
    try:
        return subprocess.run([str(VENV / "bin" / program), *arguments], cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


def setup() -> int:
    """Make .venv with the pinned requirements and crossgrant itself, unless it is up to date."""
    parts = (REQUIREMENTS.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), bytes(ROOT))
    wanted, stamp = hashlib.sha256(b"\0".join(parts)).hexdigest(), VENV / "made-from.sha256"
    if stamp.is_file() and stamp.read_text() == wanted:
        return 0
    print(f"making {VENV.relative_to(ROOT)} with Python {sys.version.split()[0]}", file=sys.stderr)
    venv.create(VENV, clear=True, with_pip=True)
    pip = ("-m", "pip", "install", "-qq", "--disable-pip-version-check")
    failed = run("python", *pip, "--require-hashes", "--requirement", str(REQUIREMENTS)) or run(
        "python", *pip, "--no-deps", "--no-build-isolation", "--editable", "."
    )
    if not failed:
        stamp.write_text(wanted)
    return failed


def check() -> int:
    """Run every check, also after one has failed."""
    steps = (("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",), ("lint-imports",))
    return max(run(*step) for step in steps)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    commands: dict[str, Callable[[], int]] = {
        "setup": lambda: 0,
        "demo": lambda: run("crossgrant", "demo", *rest),
        "test": lambda: run("pytest", "--numprocesses", "auto", "--dist", "worksteal", *rest),
        "check": check,
        "bench": lambda: run("python", "-m", "bench", *rest),
    }
    if name not in commands:
        print(USAGE, end="", file=sys.stderr)
        return 2
    return setup() or commands[name]()


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit("crossgrant needs Python 3.11 or later: run dev.py with one, such as `python3.13 dev.py`")
    sys.exit(main(sys.argv[1:]))
