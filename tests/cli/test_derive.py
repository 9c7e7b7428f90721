"""`crossgrant derive` and `crossgrant init`, run as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.gateway import crossgrant
from support.grant_cases import CASES

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow  # each test starts a process


def test_init_writes_what_derive_reads(tmp_path: Path) -> None:
    assert crossgrant("init", cwd=tmp_path).returncode == 0
    derived = crossgrant("derive", "--json", cwd=tmp_path)
    assert derived.returncode == 0
    (grant,) = json.loads(derived.stdout)["grants"]
    assert grant["owner"]["role"]["name"] == "CrossAccountDynamoDBRole"
    assert (tmp_path / "function" / "app.py").is_file()


def test_the_example_is_what_init_writes(tmp_path: Path) -> None:
    assert crossgrant("init", str(tmp_path)).returncode == 0
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert written == [Path("crossgrant.yaml"), Path("function/app.py")]
    for name in written:
        assert (tmp_path / name).read_text() == (ROOT / "examples" / "plain-boto3" / name).read_text()


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "crossgrant.yaml").write_text("mine")
    refused = crossgrant("init", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: `crossgrant.yaml` is there already\n")
    assert (tmp_path / "crossgrant.yaml").read_text() == "mine"
    assert not (tmp_path / "function").exists()


def test_derive_prints_one_side_for_people() -> None:
    derived = crossgrant("derive", str(CASES / "base.yaml"), "--side", "owner")
    assert derived.returncode == 0
    assert "trust policy of CrossAccountDynamoDBRole" in derived.stdout
    assert "execution role" not in derived.stdout


def test_derive_tells_the_mistakes_and_exits_with_2(tmp_path: Path) -> None:
    path = tmp_path / "crossgrant.yaml"
    path.write_text((CASES / "base.yaml").read_text().replace("[GetItem]", "[GetItems]"))
    refused = crossgrant("derive", str(path))
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr == (
        "error: `allow` names `GetItems`, which is no DynamoDB action\n"
        f"  --> {path}:17:13\n"
        "  help: did you mean `GetItem`?\n"
    )


def test_derive_names_the_grants_there_are() -> None:
    refused = crossgrant("derive", str(CASES / "base.yaml"), "--grant", "orders")
    assert refused.returncode == 2
    assert refused.stderr == "error: `orders` is no grant\n  help: it is one of `orders-reader`\n"
