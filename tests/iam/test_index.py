"""A document's index finds the statements that name an action, whatever their number."""

from __future__ import annotations

from typing import Any

import pytest

from crossgrant.iam import Decision, Policy, PolicyKind, PolicySet, Principal, Request, evaluate, parse_policy

NAMES = ("GetItem", "Get*", "PutItem", "*Item", "?etItem", "Scan", "BATCHGETITEM", "getitem")


def document(count: int) -> Any:
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": [f"dynamodb:{NAMES[index % len(NAMES)]}", f"s3:Action{index}"], "Resource": "*"}
        for index in range(count)
    ]
    statements[count // 2] = {"Effect": "Deny", "NotAction": ["dynamodb:Get*", "s3:*"], "Resource": "*"}
    statements[count // 3] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return parse_policy({"Version": "2012-10-17", "Statement": statements}, PolicyKind.IDENTITY_BASED)


@pytest.mark.parametrize("count", [4, 9, 200])
@pytest.mark.parametrize("action", ["dynamodb:getitem", "dynamodb:scan", "s3:action150", "sts:assumerole"])
def test_the_index_finds_what_asking_each_statement_finds(count: int, action: str) -> None:
    indexed = document(count)
    one_by_one = tuple(each for each in indexed.statements if each.actions.matches(action))
    assert indexed.naming(action) == one_by_one
    assert indexed.naming(action) is indexed.naming(action)


def test_what_is_remembered_of_a_document_is_bounded() -> None:
    indexed = document(9)
    for number in range(5000):
        indexed.naming(f"s3:action{number}")
    indexed.naming("s3:" + "x" * 1000)
    assert len(indexed._by_action) <= 4096  # noqa: SLF001 - memory shows in no answer


def test_a_large_policy_decides_as_a_small_one() -> None:
    caller = Principal.role_session("arn:aws:sts::111111111111:assumed-role/reader-exec/reader")
    asked = Request(caller, "dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111111111111:table/Orders")
    policies = PolicySet(identity_based=(Policy("large", document(200)),))
    evaluation = evaluate(asked, policies)
    assert evaluation.decision is Decision.ALLOW
    assert [by.pointer for by in evaluation.decided_by][:2] == ["/Statement/0", "/Statement/1"]
