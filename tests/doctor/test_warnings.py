"""Warnings and trap conditions: a healthy pair of accounts has none, and each change brings exactly its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from crossgrant.doctor import Inquiry, parse_error, warnings
from crossgrant.evidence import AccountSnapshot, Function, Section
from support.accounts import (
    CALLER,
    DENIED_ASSUME,
    DENIED_READ,
    EXECUTION_ROLE,
    FUNCTION,
    NOW,
    ROLE,
    SESSION,
    TABLE,
    allow,
    caller,
    document,
    owner,
    role,
    trust,
)

LAMBDA = {"Service": "lambda.amazonaws.com"}
READS = document(allow("dynamodb:GetItem", TABLE))


def trusting(principal: Any = None, **more: Any) -> AccountSnapshot:
    return owner(role(ROLE, trust(principal, **more), READS))


def when(operator: str, key: str, value: str) -> AccountSnapshot:
    return trusting(Condition={operator: {key: value}})


def granting(action: str, resource: str, **more: Any) -> AccountSnapshot:
    return owner(role(ROLE, trust(), document(allow(action, resource, **more))))


def sharing() -> AccountSnapshot:
    another = Function(FUNCTION.replace("reader", "another"), EXECUTION_ROLE, {}, 10, None)
    known = caller()
    return replace(known, functions=Section({**known.functions.found, another.arn: another}, rest=None))


def secret() -> AccountSnapshot:
    known = caller()
    function = replace(known.functions.found[FUNCTION], environment={"API_SECRET": "word"})
    return replace(known, functions=Section({FUNCTION: function}, rest=None))


WIDE = role(EXECUTION_ROLE, trust(LAMBDA), document(allow("sts:AssumeRole", "*")))
LEADING = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]}}
TOGETHER = {"StringEquals": {"sts:ExternalId": "x"}}
CASES: dict[str, tuple[str, AccountSnapshot, AccountSnapshot]] = {
    "W1": ("assume", caller(), trusting({"AWS": CALLER})),
    "W2": ("assume", caller(), trusting("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
    "W3": ("assume", caller(WIDE), owner()),
    "W4": ("read", caller(), granting("dynamodb:*", TABLE)),
    "W5": ("read", caller(), granting("dynamodb:Query", f"{TABLE}/index/*")),
    "W6": ("assume", sharing(), owner()),
    "W7": ("assume", replace(caller(), organization_id="o-1"), replace(owner(), organization_id="o-1")),
    "W8": ("assume", secret(), when("StringEquals", "sts:ExternalId", "word")),
    "W9": ("assume", caller(), trusting({"AWS": [EXECUTION_ROLE, "arn:aws:iam::333333333333:role/other"]})),
    "W10": ("assume", caller(), owner(role(ROLE, trust(), READS, max_session_duration=43200))),
    "W11": ("assume", caller(), owner(role(ROLE, trust(), READS, last_used=NOW - 200 * 86400))),
    "T1": ("assume", caller(), when("ArnLike", "aws:SourceArn", FUNCTION)),
    "T2": ("assume", caller(), when("ArnEquals", "lambda:SourceFunctionArn", FUNCTION)),
    "T3": ("assume", caller(), when("IpAddress", "aws:SourceIp", "203.0.113.0/24")),
    "T4": ("assume", caller(), when("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1")),
    "T5": ("read", caller(), granting("dynamodb:Scan", TABLE, Condition=LEADING)),
    "T6": ("assume", caller(), trusting(Action=["sts:AssumeRole", "sts:TagSession"], Condition=TOGETHER)),
    "T7": ("assume", caller(), when("ArnEquals", "aws:PrincipalArn", SESSION)),
}
PARTITION_KEYS = ("LeadingKeys", "FirstPartitionKeyValues", "SecondPartitionKeyValues", "FourthPartitionKeyValues")
TEXTS = {"assume": DENIED_ASSUME, "read": DENIED_READ}


def found(hop: str, of_caller: AccountSnapshot, of_owner: AccountSnapshot) -> list[str]:
    return [each.id for each in warnings(Inquiry(parse_error(TEXTS[hop]), of_caller, of_owner, now=NOW))]


@pytest.mark.parametrize("identifier", CASES)
def test_each_warning_is_found_where_it_holds(identifier: str) -> None:
    assert found(*CASES[identifier]) == [identifier]


@pytest.mark.parametrize("key", PARTITION_KEYS)
def test_a_scan_names_no_partition_keys_unless_null_says_so(key: str) -> None:
    vacuous: dict[str, Any] = {"ForAllValues:StringEquals": {f"dynamodb:{key}": ["a"]}}
    told = {**vacuous, "Null": {f"dynamodb:{key}": "false"}}
    assert found("read", caller(), granting("dynamodb:Scan", TABLE, Condition=vacuous)) == ["T5"]
    assert found("read", caller(), granting("dynamodb:Scan", TABLE, Condition=told)) == []


@pytest.mark.parametrize("hop", TEXTS)
def test_a_least_grant_has_no_warnings(hop: str) -> None:
    assert found(hop, caller(), owner()) == []
