"""The wheel, installed where nothing else is, does what the tree does: data files and the workers' boto3 are found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
DENIAL = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: User: "
    "arn:aws:sts::111111111111:assumed-role/orders-api/orders-api is not authorized to perform: sts:AssumeRole on "
    "resource: arn:aws:iam::222222222222:role/CrossAccountDynamoDBRole"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with what is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*pip, str(ROOT)], check=True)
    return next(folder.glob("crossgrant-*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `crossgrant` of a virtual environment that holds the wheel and the pinned runtime requirements alone."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(ROOT / "requirements" / "runtime.txt")], check=True)
    subprocess.run([*pip, "--no-index", str(wheel)], check=True)  # its own requirements are satisfied by the pins
    return folder / "bin" / "crossgrant"


def run(program: Path, folder: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program away from the tree, as a newcomer's shell would."""
    home = {"HOME": str(folder), "PATH": f"{program.parent}{os.pathsep}{os.defpath}"}
    return subprocess.run(
        [str(program), *arguments], cwd=folder, env=home, input=text, capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_the_license_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"crossgrant"}


def test_the_demo_runs(program: Path, tmp_path: Path) -> None:
    done = run(program, tmp_path, "demo", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_why_explains_a_denial(program: Path, tmp_path: Path) -> None:
    done = run(program, tmp_path, "why", "-", text=DENIAL)
    assert done.returncode in (1, 3), done.stderr
    assert "CrossAccountDynamoDBRole" in done.stdout


def test_a_gateway_starts_and_stops(program: Path, tmp_path: Path) -> None:
    ready = str(tmp_path / "ready.json")
    up = run(program, tmp_path, "up", "--detach", "--port", "0", "--ready-file", ready)
    assert up.returncode == 0, up.stderr
    clock = run(program, tmp_path, "clock", "--advance", "1h", "--ready-file", ready)
    down = run(program, tmp_path, "down", "--ready-file", ready)
    assert (clock.returncode, down.returncode) == (0, 0), clock.stderr + down.stderr
