"""Causes that need what the embedded accounts don't have yet, proved on snapshots; and how a verdict is reached."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrant.doctor import (
    Diagnosis,
    Grade,
    Inquiry,
    Side,
    Verdict,
    catalogue,
    chain,
    diagnose,
    informed,
    parse_error,
    report,
)
from crossgrant.evidence import NOTHING, AttachedPolicy, Key, NotRead, Section, Table
from support.accounts import (
    CALLER,
    DENIED_ASSUME,
    DENIED_READ,
    EXECUTION_ROLE,
    NOW,
    OWNER,
    OWNER_SESSION,
    ROLE,
    SESSION,
    TABLE,
    allow,
    asked,
    caller,
    document,
    owner,
    role,
    trust,
)

FULL = (AttachedPolicy("FullAWSAccess", document(allow("*", "*"))),)
ONLY_S3 = (AttachedPolicy("OnlyS3", document(allow("s3:*", "*"))),)
DENY_STS = (
    AttachedPolicy(
        "DenySts", document({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"})
    ),
)
BOUNDARY = AttachedPolicy("boundary", document(allow("s3:*", "*")), f"arn:aws:iam::{CALLER}:policy/boundary")
KEY_ARN = f"arn:aws:kms:us-east-1:{OWNER}:key/1234"
ENCRYPTED = Table(TABLE, "ACTIVE", {"id": "S"}, (), KEY_ARN, None)
KEY_POLICY = document(
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"}, "Action": "kms:*", "Resource": "*"}
)
BECAUSE = " because no identity-based policy allows the dynamodb:GetItem action"
BOUNDED = role(
    EXECUTION_ROLE,
    trust({"Service": "lambda.amazonaws.com"}),
    document(allow("sts:AssumeRole", ROLE)),
    boundary=BOUNDARY,
)
GRANTED = role(ROLE, trust(), document(allow("dynamodb:GetItem", TABLE)))


def keys(**parts: Any) -> Section[Key]:
    return Section({KEY_ARN: replace(Key(KEY_ARN, True, False, KEY_POLICY), **parts)}, rest=None)


KMS_DENIED = (
    "An error occurred (AccessDeniedException) when calling the GetItem operation: KMS key access denied error: "
    f"com.amazonaws.services.kms.model.AWSKMSException: User: {OWNER_SESSION} is not authorized to perform: "
    "kms:Decrypt "
    "on the resource associated with this ciphertext because no identity-based policy allows the kms:Decrypt action "
    "(Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException; Request ID: 1; Proxy: null)"
)

ABSENT_SERVICES: dict[str, tuple[str, str, Side, Any, Any]] = {
    "an SCP of the caller that allows nothing": (
        "F15",
        DENIED_ASSUME,
        Side.CALLER,
        caller(service_control=(FULL, ONLY_S3)),
        owner(),
    ),
    "an SCP of the owner on the second hop": (
        "F15",
        DENIED_READ,
        Side.OWNER,
        caller(),
        owner(service_control=(FULL, ONLY_S3)),
    ),
    "an RCP of the owner": ("F16", DENIED_ASSUME, Side.OWNER, caller(), owner(resource_control=(DENY_STS,))),
    "a boundary of the execution role": ("F17", DENIED_ASSUME, Side.CALLER, caller(BOUNDED), owner()),
    "a boundary of the owner's role": (
        "F17",
        DENIED_READ,
        Side.OWNER,
        caller(),
        owner(replace(GRANTED, boundary=BOUNDARY)),
    ),
    "a key that the role may not use": (
        "F40",
        KMS_DENIED,
        Side.OWNER,
        caller(),
        owner(table=ENCRYPTED, keys=keys()),
    ),
    "a key that is switched off": (
        "F40",
        DENIED_READ,
        Side.OWNER,
        caller(),
        owner(table=ENCRYPTED, keys=keys(enabled=False)),
    ),
    "the AWS managed key, across accounts": (
        "F41",
        DENIED_READ.replace(OWNER_SESSION, SESSION),
        Side.OWNER,
        caller(
            role(EXECUTION_ROLE, trust({"Service": "lambda.amazonaws.com"}), document(allow("dynamodb:GetItem", TABLE)))
        ),
        owner(
            table=replace(
                ENCRYPTED, policy=document({**allow("dynamodb:GetItem", TABLE), "Principal": {"AWS": EXECUTION_ROLE}})
            ),
            keys=keys(aws_managed=True),
        ),
    ),
}


@pytest.mark.parametrize("case", ABSENT_SERVICES)
def test_what_embedded_accounts_lack_is_told_from_snapshots(case: str) -> None:
    cause, text, side, of_caller, of_owner = ABSENT_SERVICES[case]
    diagnosis = asked(text, of_caller, of_owner)
    assert diagnosis.cause is not None
    assert (diagnosis.cause.id, (diagnosis.found and diagnosis.found.side) or diagnosis.cause.side) == (cause, side)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (
            "F15",
            " with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-a/p-b",
        ),
        ("F15", " because no service control policy allows the sts:AssumeRole action"),
        ("F16", " with an explicit deny in a resource control policy"),
        ("F17", " because no permissions boundary allows the sts:AssumeRole action"),
        ("F28", " because no VPC endpoint policy allows the sts:AssumeRole action"),
    ],
)
def test_a_layer_named_in_the_text_is_aws_word_without_any_evidence(cause: str, reason: str) -> None:
    diagnosis = asked(DENIED_ASSUME + reason, NOTHING, NOTHING)
    assert diagnosis.cause is not None
    assert diagnosis.found is not None
    assert (diagnosis.cause.id, diagnosis.found.grade) == (cause, Grade.REPORTED)


def test_a_bare_text_without_evidence_leaves_the_nine_open() -> None:
    diagnosis = asked(DENIED_ASSUME, NOTHING, NOTHING)
    assert diagnosis.verdict is Verdict.UNDETERMINED
    assert {"F01", "F02", "F03", "F05", "F07", "F08", "F10", "F11", "F14"} <= set(diagnosis.possible)


def test_parts_that_were_not_read_are_never_taken_for_empty() -> None:
    unread = NotRead("AccessDenied for iam:ListRolePolicies")
    execution = replace(caller().roles.found["reader-exec"], policies=unread)
    diagnosis = asked(DENIED_ASSUME, caller(execution), owner())
    assert (diagnosis.verdict, diagnosis.possible) == (Verdict.UNDETERMINED, ("F01",))
    assert unread in diagnosis.unread


def test_everything_allows_is_healthy_and_a_fresh_role_is_still_arriving() -> None:
    assert asked(DENIED_ASSUME, caller(), owner()).verdict is Verdict.HEALTHY
    fresh = asked(DENIED_ASSUME, caller(), owner(replace(GRANTED, created=NOW - 30)))
    assert fresh.cause
    assert fresh.cause.id == "F22"


def test_both_sides_of_one_account_are_told_first() -> None:
    diagnosis = asked(DENIED_ASSUME, caller(), replace(owner(), account_id=CALLER))
    assert diagnosis.cause
    assert diagnosis.cause.id == "F63"


def test_a_deny_in_the_owners_policy_is_its_cause() -> None:
    denied = role(
        ROLE,
        trust(),
        document(allow("dynamodb:GetItem", TABLE), {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}),
    )
    diagnosis = asked(DENIED_READ + " with an explicit deny in an identity-based policy", caller(), owner(denied))
    assert diagnosis.cause
    assert diagnosis.found
    assert (diagnosis.cause.id, diagnosis.found.at, diagnosis.verified) == ("F33", "policy-0 /Statement/1", True)


def test_a_trail_event_tells_the_external_id_that_was_sent() -> None:
    event = (
        '{"eventSource":"sts.amazonaws.com","eventName":"AssumeRole","errorCode":"AccessDenied","userIdentity":{"arn":"'
        + SESSION
        + '"},"requestParameters":{"roleArn":"'
        + ROLE
        + '","roleSessionName":"reader","externalId":"wrong"}}'
    )
    wanted = role(ROLE, trust(Condition={"StringEquals": {"sts:ExternalId": "right"}}))
    diagnosis = asked(event, caller(), owner(wanted))
    assert diagnosis.cause
    assert diagnosis.found
    assert diagnosis.cause.id == "F11"
    assert "`wrong`" in diagnosis.found.why


def test_aws_own_evaluation_goes_before_ours() -> None:
    answer = {
        "requestContext": {},
        "evaluations": [
            {
                "action": "sts:AssumeRole",
                "resource": ROLE,
                "evaluatedEffect": "IMPLICIT_DENY",
                "checks": [
                    {"checkType": "SERVICE_CONTROL_POLICY", "evaluatedEffect": "ALLOW"},
                    {"checkType": "PRINCIPAL", "evaluatedEffect": "IMPLICIT_DENY"},
                ],
            }
        ],
        "policies": [],
    }
    nothing_allowed = role(EXECUTION_ROLE, trust({"Service": "lambda.amazonaws.com"}))
    inquiry = informed(Inquiry(parse_error(DENIED_ASSUME), caller(nothing_allowed), owner(), now=NOW), answer)
    diagnosis = diagnose(inquiry)
    assert diagnosis.cause
    assert diagnosis.found
    assert (diagnosis.cause.id, diagnosis.found.grade) == ("F01", Grade.EVALUATED_BY_AWS)
    assert report(diagnosis)["evaluation"] == answer


def test_the_chain_shows_the_broken_link_and_what_was_not_reached() -> None:
    links = {
        link.name: link.status.value
        for link in chain(asked(DENIED_ASSUME, caller(), owner(role(ROLE, trust({"AWS": "333333333333"})))))
    }
    assert links["trust"] == "fail"
    assert links["caller-policy"] == "pass"
    assert links["role-policy"] == "skipped"


def test_every_finding_is_of_a_cause_in_the_catalogue() -> None:
    diagnosis = asked(DENIED_ASSUME, caller(), owner())
    assert set(diagnosis.findings) <= set(catalogue())


@given(st.sampled_from([DENIED_ASSUME, DENIED_READ]), st.integers(0, 300), st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_the_diagnosis_fail(text: str, cut: int, more: str) -> None:
    for edited in (
        text[:cut] + more,
        text[:cut] + more + text[cut:],
        text.replace("/", more),
        text.replace(OWNER, more),
    ):
        result: Diagnosis = asked(edited, caller(), owner())
        report(result)


def test_a_condition_on_items_is_the_cause_where_everything_else_allows() -> None:
    condition = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]}}
    limited = role(ROLE, trust(), document(allow("dynamodb:GetItem", TABLE, Condition=condition)))
    diagnosis = asked(DENIED_READ + BECAUSE, caller(), owner(limited))
    assert diagnosis.cause
    assert diagnosis.cause.id == "F39"


PARTS = st.sampled_from(["Allow", "Deny", "*", "sts:AssumeRole", EXECUTION_ROLE, ROLE, "AROADEAD000000000000", "x"])
NAMES = st.sampled_from(
    ["Version", "Statement", "Effect", "Principal", "AWS", "Service", "Action", "Resource", "Condition", "StringEquals"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | PARTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(NAMES, JSON, max_size=4), st.dictionaries(NAMES, JSON, max_size=4))
@settings(max_examples=300, deadline=None)
def test_no_document_makes_the_diagnosis_fail(trusted: dict[str, Any], allowed: dict[str, Any]) -> None:
    execution = role(EXECUTION_ROLE, trusted, allowed)
    for text in (DENIED_ASSUME, DENIED_READ):
        result = asked(text, caller(execution), owner(role(ROLE, trusted, allowed)))
        report(result)
        chain(result)


def test_a_text_cut_off_before_the_role_asks_for_the_one_in_the_environment() -> None:
    cut = DENIED_ASSUME.partition(" on resource")[0] + "…"
    diagnosis = asked(cut, caller(), owner(role(ROLE, trust({"AWS": "333333333333"}))))
    assert diagnosis.cause
    assert diagnosis.cause.id == "F02"
