"""AWS's texts for denials (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html)."""

from __future__ import annotations

from typing import Any

import pytest

from crossgrant.iam import Decision, denial_message, evaluate
from crossgrant.iam.scenario import read_scenario

CALLER, OWNER = "111111111111", "222222222222"
SESSION = f"arn:aws:sts::{CALLER}:assumed-role/reader-exec/reader"
TABLE = f"arn:aws:dynamodb:us-east-1:{CALLER}:table/Orders"
THEIR_TABLE = f"arn:aws:dynamodb:us-east-1:{OWNER}:table/Orders"
ROLE, THEIR_ROLE = f"arn:aws:iam::{CALLER}:role/orders-reader", f"arn:aws:iam::{OWNER}:role/orders-reader"
GET, ASSUME = "dynamodb:GetItem", "sts:AssumeRole"
GET_DENIED = f"User: {SESSION} is not authorized to perform: {GET} on resource: {TABLE}"
OWN = f"User: {SESSION} is not authorized to perform: {ASSUME}"
BARE = f"User: {SESSION} is not authorized to perform: {ASSUME} on resource: {THEIR_ROLE}"


def document(effect: str, action: str = "*", **elements: Any) -> dict[str, Any]:
    resource = {} if action == ASSUME and "Principal" in elements else {"Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, **resource, **elements}]}


ALL, OTHER = document("Allow"), document("Allow", "s3:GetObject")
EVERYONE = document("Allow", Principal="*")
TRUSTED = document("Allow", ASSUME, Principal={"AWS": CALLER})
NOT_TRUSTED = document("Deny", ASSUME, Principal="*")

CASES: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("nothing", GET, TABLE, {}, f"{GET_DENIED} because no identity-based policy allows the {GET} action"),
    (
        "a-silent-resource-policy-too",
        GET,
        TABLE,
        {"resource_based": document("Allow", "s3:GetObject", Principal="*")},
        f"{GET_DENIED} because no identity-based policy allows the {GET} action",
    ),
    (
        "identity",
        GET,
        TABLE,
        {"identity_based": [document("Deny")]},
        f"{GET_DENIED} with an explicit deny in an identity-based policy",
    ),
    (
        "resource",
        GET,
        TABLE,
        {"identity_based": [ALL], "resource_based": document("Deny", Principal="*")},
        f"{GET_DENIED} with an explicit deny in a resource-based policy",
    ),
    (
        "boundary",
        GET,
        TABLE,
        {"identity_based": [ALL], "permissions_boundary": OTHER},
        f"{GET_DENIED} because no permissions boundary allows the {GET} action",
    ),
    (
        "boundary-deny",
        GET,
        TABLE,
        {"identity_based": [ALL], "permissions_boundary": document("Deny")},
        f"{GET_DENIED} with an explicit deny in a permissions boundary",
    ),
    (
        "session",
        GET,
        TABLE,
        {"identity_based": [ALL], "session": [OTHER]},
        f"{GET_DENIED} because no session policy allows the {GET} action",
    ),
    (
        "scp",
        GET,
        TABLE,
        {"identity_based": [ALL], "service_control": [[OTHER]]},
        f"{GET_DENIED} because no service control policy allows the {GET} action",
    ),
    (
        "scp-deny",
        GET,
        TABLE,
        {"identity_based": [ALL], "service_control": [[ALL, document("Deny")]]},
        f"{GET_DENIED} with an explicit deny in a service control policy",
    ),
    (
        "rcp-deny",
        GET,
        TABLE,
        {"identity_based": [ALL], "resource_control": [[document("Deny", "dynamodb:*", Principal="*")]]},
        f"{GET_DENIED} with an explicit deny in a resource control policy",
    ),
    (
        "endpoint",
        GET,
        TABLE,
        {"identity_based": [ALL], "vpc_endpoint": [document("Allow", "s3:GetObject", Principal="*")]},
        f"{GET_DENIED} because no VPC endpoint policy allows the {GET} action",
    ),
    (
        "another-accounts-table",
        GET,
        THEIR_TABLE,
        {"identity_based": [ALL]},
        f"{GET_DENIED.replace(TABLE, THEIR_TABLE)} because no resource-based policy allows the {GET} action",
    ),
    ("another-accounts-role-either-side", ASSUME, THEIR_ROLE, {}, BARE),
    ("another-accounts-role-does-not-trust", ASSUME, THEIR_ROLE, {"identity_based": [ALL]}, BARE),
    ("another-accounts-role-the-caller-may-not", ASSUME, THEIR_ROLE, {"resource_based": TRUSTED}, BARE),
    (
        "another-accounts-role-denies",
        ASSUME,
        THEIR_ROLE,
        {"identity_based": [ALL], "resource_based": NOT_TRUSTED},
        BARE,
    ),
    (
        "another-accounts-role-the-callers-own-deny",
        ASSUME,
        THEIR_ROLE,
        {"identity_based": [document("Deny")], "resource_based": TRUSTED},
        f"{BARE} with an explicit deny in an identity-based policy",
    ),
    (
        "another-accounts-role-under-a-boundary",
        ASSUME,
        THEIR_ROLE,
        {"identity_based": [ALL], "resource_based": TRUSTED, "permissions_boundary": OTHER},
        f"{BARE} because no permissions boundary allows the {ASSUME} action",
    ),
    (
        "own-role-does-not-trust",
        ASSUME,
        ROLE,
        {"identity_based": [ALL]},
        f"{OWN} because no role trust policy allows the {ASSUME} action",
    ),
    (
        "own-role-denies",
        ASSUME,
        ROLE,
        {"identity_based": [ALL], "resource_based": NOT_TRUSTED},
        f"{OWN} with an explicit deny in the role trust policy",
    ),
]


@pytest.mark.parametrize(
    ("action", "resource", "policies", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_denial_reads_as_awss(action: str, resource: str, policies: dict[str, Any], expected: str) -> None:
    line = {"request": {"principal": SESSION, "action": action, "resource": resource}, "policies": policies}
    scenario = read_scenario(line, 1)
    evaluation = evaluate(scenario.request, scenario.policies)
    assert evaluation.decision in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY)
    assert denial_message(scenario.request, evaluation) == expected
