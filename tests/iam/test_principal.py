"""Callers, and what a scenario may say of them."""

from __future__ import annotations

from typing import Any

import pytest

from crossgrant.iam import InvalidPrincipalError, Principal, PrincipalType
from crossgrant.iam.remember import LONGEST_TEXT, remember

A = "111111111111"
SESSION = f"arn:aws:sts::{A}:assumed-role/reader-exec/reader"


@pytest.mark.parametrize(
    ("value", "kind", "account"),
    [
        (f"arn:aws:iam::{A}:user/a/b", PrincipalType.USER, A),
        (f"arn:aws-cn:iam::{A}:role/a/b", PrincipalType.ROLE, A),
        (SESSION, PrincipalType.ROLE_SESSION, A),
        (f"arn:aws:iam::{A}:root", PrincipalType.ROOT, A),
        (f"arn:aws:sts::{A}:federated-user/f", PrincipalType.FEDERATED_USER, A),
        (f"arn:aws:iam::{A}:oidc-provider/x.example", PrincipalType.FEDERATED, None),
        ("*", PrincipalType.ANONYMOUS, None),
        ({"AWS": "*"}, PrincipalType.ANONYMOUS, None),
        ({"AWS": A}, PrincipalType.ROOT, A),
        ({"AWS": SESSION}, PrincipalType.ROLE_SESSION, A),
        ({"Service": "lambda.amazonaws.com"}, PrincipalType.SERVICE, None),
        ({"Federated": "accounts.google.com"}, PrincipalType.FEDERATED, None),
        ({"CanonicalUser": "79a5"}, PrincipalType.CANONICAL_USER, None),
        ({"type": "service", "arn": "lambda.amazonaws.com"}, PrincipalType.SERVICE, None),
        ({"type": "anonymous"}, PrincipalType.ANONYMOUS, None),
    ],
)
def test_a_caller_is_read(value: Any, kind: PrincipalType, account: str | None) -> None:
    principal = Principal.parse(value)
    assert (principal.type, principal.account_id) == (kind, account)


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ("alice", ""),
        (f"arn:aws:iam::{A}:group/g", ""),
        (f"arn:aws:lambda:us-east-1:{A}:function:f", ""),
        (["*"], ""),
        ({"AWS": A, "Service": "x"}, ""),
        ({"Aws": A}, "/Aws"),
        ({"AWS": [A]}, "/AWS"),
        ({"type": "person", "arn": SESSION}, "/type"),
        ({"type": "user", "arn": SESSION}, "/arn"),
        ({"type": "user"}, "/arn"),
        ({"type": "role_session", "arn": SESSION, "service_linked": "yes"}, "/service_linked"),
        ({"type": "role_session", "arn": SESSION, "unique_id": 1}, "/unique_id"),
        ({"type": "role_session", "arn": SESSION, "role_arn": f"arn:aws:iam::{A}:role/else"}, "/role_arn"),
    ],
)
def test_what_is_no_caller_is_refused_with_the_place(value: Any, pointer: str) -> None:
    with pytest.raises(InvalidPrincipalError) as refused:
        Principal.parse(value)
    assert refused.value.pointer == pointer


def test_constructors_make_what_parse_reads() -> None:
    session = Principal.role_session(SESSION, f"arn:aws:iam::{A}:role/p/reader-exec", "AROAX", "reader")
    assert (
        session.names
        == Principal.parse(
            {"type": "role_session", "arn": SESSION, "role_arn": session.role_arn, "unique_id": "AROAX"}
        ).names
    )
    assert session.context["aws:userid"] == ("AROAX:reader",)
    assert session.context["aws:principalarn"] == (f"arn:aws:iam::{A}:role/p/reader-exec",)
    with pytest.raises(InvalidPrincipalError):
        Principal.role_session(SESSION, session_name="else")
    with pytest.raises(InvalidPrincipalError):
        Principal.role_session(f"arn:aws:iam::{A}:role/x")


def test_a_path_marks_a_service_linked_role() -> None:
    assert Principal.role(f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/R").service_linked
    assert not Principal.role(f"arn:aws:iam::{A}:role/R").service_linked


def test_long_arguments_are_not_remembered() -> None:
    asked: list[str] = []

    def size(text: str) -> int:
        asked.append(text)
        return len(text)

    remembering = remember(size)
    for text in ("short", "short", "x" * (LONGEST_TEXT + 1), "x" * (LONGEST_TEXT + 1)):
        remembering(text)
    assert len(asked) == 3
