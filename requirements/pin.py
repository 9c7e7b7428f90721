#!/usr/bin/env python3
"""Pin again what the project installs: `uv` on PATH, then `python3 requirements/pin.py`.

1. Resolve each set once for all supported Pythons and platforms, with hashes and without index addresses.
2. Ask pip for a ready-made wheel of every pin, for each Python on each platform: nobody should need a compiler.

`--verify` does the second step alone.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (  # a wheel built for an older release of a system installs on a newer one
    ("linux", "manylinux_2_28_x86_64|manylinux2014_x86_64"),
    ("linux", "manylinux_2_28_aarch64|manylinux2014_aarch64"),
    ("darwin", "macosx_14_0_x86_64"),
    ("darwin", "macosx_14_0_arm64"),
)
SETS = {  # the pinned file: what it is resolved from
    "requirements/dev.txt": ("pyproject.toml", "requirements/dev.in"),
    "requirements/runtime.txt": ("pyproject.toml", "--constraint", "requirements/dev.txt"),
    "bench/requirements-ministack.txt": ("bench/requirements-ministack.in",),
    "bench/requirements-moto.txt": ("bench/requirements-moto.in",),
}


def resolve(pinned: str, sources: tuple[str, ...]) -> None:
    """Write one pinned file."""
    options = ("--universal", "--python-version", PYTHONS[0], "--generate-hashes", "--no-annotate", "--no-header")
    command = ("uv", "pip", "compile", "--upgrade", "--quiet", *options, *sources, "--output-file", pinned)
    subprocess.run(command, cwd=ROOT, check=True)


def pins(system: str) -> list[str]:
    """Return the development pins that `system` installs (the runtime's are among them), hashes left out."""
    lines = (ROOT / "requirements/dev.txt").read_text().splitlines()
    stated = (line.rstrip(" \\").partition(" ; ") for line in lines if "==" in line.partition(";")[0])
    return [pin for pin, _, marker in stated if "sys_platform" not in marker or f"'{system}'" in marker]


def missing(python: str, system: str, platform: str) -> str:
    """Return what pip says when a pin has no wheel for `python` on `platform`, else nothing."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--isolated", "--no-deps", "--dest", folder]
        command += ["--only-binary=:all:", "--python-version", python]
        command += itertools.chain.from_iterable(("--platform", name) for name in platform.split("|"))
        result = subprocess.run([*command, *pins(system)], capture_output=True, text=True, check=False)
    return f"Python {python}, {platform}: {result.stderr.strip()}" if result.returncode else ""


def main() -> int:
    """Pin, then verify; return 1 if a wheel is missing."""
    if "--verify" not in sys.argv:
        for pinned, sources in SETS.items():
            resolve(pinned, sources)
    rows = [(python, *platform) for python, platform in itertools.product(PYTHONS, PLATFORMS)]
    with ThreadPoolExecutor(4) as pool:
        complaints = [text for text in pool.map(lambda row: missing(*row), rows) if text]
    print("\n".join(complaints) or f"every pin has a wheel in {len(rows)} combinations")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
