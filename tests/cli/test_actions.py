"""`crossgrant actions`: what the reference knows, and what a call needs."""

from __future__ import annotations

import json
from pathlib import Path

from support.gateway import crossgrant

TABLE = "arn:aws:dynamodb:us-east-1:222222222222:table"


def test_a_pattern_prints_the_actions_it_means() -> None:
    ran = crossgrant("actions", "dynamodb:GetIt*", "--json")
    (action,) = json.loads(ran.stdout)
    assert action["name"] == "dynamodb:GetItem"
    assert [on["name"] for on in action["resources"]] == ["table"]


def test_an_action_that_is_none_is_refused_with_the_nearest() -> None:
    ran = crossgrant("actions", "dynamodb:GetItems")
    assert ran.returncode == 2
    assert "did you mean `dynamodb:GetItem`?" in ran.stderr


def test_a_calls_input_prints_the_decisions_it_needs(tmp_path: Path) -> None:
    file = tmp_path / "input.json"
    gets = [{"Get": {"TableName": name, "Key": {"id": {"S": "1"}}}} for name in ("Orders", "Orders", "Customers")]
    file.write_text(json.dumps({"TransactItems": gets}))
    options = ("--input", str(file), "--account", "222222222222", "--json")
    ran = crossgrant("actions", "dynamodb:TransactGetItems", *options)
    assert json.loads(ran.stdout) == [
        {"action": "dynamodb:GetItem", "resource": f"{TABLE}/Orders"},
        {"action": "dynamodb:GetItem", "resource": f"{TABLE}/Customers"},
    ]


def test_a_call_or_an_input_that_is_not_known_is_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "input.json"
    file.write_text("[]")
    assert "holds no JSON object" in crossgrant("actions", "sts:AssumeRole", "--input", str(file)).stderr
    file.write_text("{}")
    assert "isn't known" in crossgrant("actions", "s3:PutObject", "--input", str(file)).stderr
    assert "can't be read" in crossgrant("actions", "sts:AssumeRole", "--input", str(tmp_path / "absent")).stderr
