#!/usr/bin/env python3
"""Bootstrap and call: `python3 dev.py COMMAND`, on any machine with Python 3.11 or later.

It makes .venv from the hashed requirement files (once per change of those files) and runs the command in it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
REQUIREMENTS = ROOT / "requirements" / "dev.txt"


def setup() -> None:
    """Make .venv with the pinned requirements and crossgrant itself, unless it is up to date."""
    stamp = VENV / "requirements.sha256"
    wanted = hashlib.sha256(
        REQUIREMENTS.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode() + str(ROOT).encode()
    ).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print("setting up .venv", file=sys.stderr)
    venv.create(VENV, clear=True, with_pip=True)
    pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(REQUIREMENTS)], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], check=True)
    stamp.write_text(wanted)


def run(*command: str) -> int:
    """Run one command of .venv in the repository and return its exit code."""
    return subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, check=False).returncode


def check() -> int:
    """Format, lint, types and the layer rule."""
    steps = (("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",), ("lint-imports",))
    return max(run(*step) for step in steps)


def main(arguments: list[str]) -> int:
    """Run one command; return its exit code."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    commands = {
        "setup": lambda: 0,
        "demo": lambda: run("crossgrant", "demo", *rest),
        "test": lambda: run("pytest", "--numprocesses", "auto", *rest),
        "check": check,
        "bench": lambda: run("python", "-m", "bench", *rest),
    }
    if name not in commands:
        print("usage: python3 dev.py " + "|".join(commands), file=sys.stderr)
        return 2
    setup()
    return commands[name]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
