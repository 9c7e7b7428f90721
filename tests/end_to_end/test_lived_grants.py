"""Grants of every mode, derived, put on embedded accounts by signed calls, and used by a function."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crossgrant.demo.cast import PROBE_FOLDER
from crossgrant.demo.outcome import Failed, of_invocation
from crossgrant.demo.wire import zipped
from crossgrant.grants import Derivation, Role, Via, derive, parse
from support.gateway import ACCOUNTS, Gateway, running_gateway
from support.grant_cases import CASES, NOW, edited

LIVED = tomllib.loads((CASES / "lived.toml").read_text("utf-8"))["grant"]
ITEMS = ({"id": {"S": "1"}, "total": {"N": "42"}, "card": {"S": "4111"}}, {"id": {"S": "acme"}})


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with running_gateway(tmp_path, accounts=ACCOUNTS) as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("case", LIVED, ids=lambda case: case["id"])
def test_a_grant_lives_as_it_is_written(case: dict[str, Any], gateway: Gateway) -> None:
    text = edited((CASES / "base.yaml").read_text("utf-8"), case["edits"])
    derivation = derive(parse(text, Path("crossgrant.yaml"), now=NOW).grants[0])
    _put(gateway, derivation)
    assert [_answer(gateway, derivation, call) for call in case["calls"]] == [call["answer"] for call in case["calls"]]


def _put(gateway: Gateway, derivation: Derivation) -> None:
    """Put both sides: the execution role first, which the owner's policies name."""
    grant, caller, owner = derivation.grant, derivation.caller, derivation.owner
    dynamodb = gateway.client("dynamodb", "owner")
    dynamodb.create_table(
        TableName=grant.table.name,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in grant.table.key.items()],
        KeySchema=[{"AttributeName": name, "KeyType": "HASH"} for name in grant.table.key],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.get_waiter("table_exists").wait(TableName=grant.table.name)
    for item in ITEMS:
        dynamodb.put_item(TableName=grant.table.name, Item=item)
    _put_role(gateway, "caller", caller.execution_role)
    if owner.role is not None:
        _put_role(gateway, "owner", owner.role)
    if owner.table_policy is not None:
        dynamodb.put_resource_policy(ResourceArn=owner.table_arn, Policy=json.dumps(owner.table_policy.as_json()))
    functions = gateway.client("lambda", "caller")
    functions.create_function(
        FunctionName=grant.function.name,
        Runtime=f"python3.{sys.version_info.minor}",
        Handler=grant.function.handler,
        Role=caller.execution_role.arn,
        Environment={"Variables": dict(caller.environment)},
        Timeout=30,
        Code={"ZipFile": zipped(PROBE_FOLDER)},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=grant.function.name)


def _put_role(gateway: Gateway, account: str, role: Role) -> None:
    assert role.trust_policy is not None
    iam = gateway.client("iam", account)
    iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=json.dumps(role.trust_policy.as_json()))
    iam.put_role_policy(
        RoleName=role.name, PolicyName=role.policy_name, PolicyDocument=json.dumps(role.policy.as_json())
    )


def _answer(gateway: Gateway, derivation: Derivation, call: Mapping[str, Any]) -> str:
    event = {key: value for key, value in call.items() if key != "answer"}
    if derivation.grant.via is Via.RESOURCE_POLICY:
        event["session"] = "own"
    invoked = gateway.client("lambda", "caller").invoke(
        FunctionName=derivation.grant.function.name, Payload=json.dumps(event)
    )
    outcome = of_invocation(invoked.get("FunctionError"), json.load(invoked["Payload"]))
    return outcome.code if isinstance(outcome, Failed) else "ok"
