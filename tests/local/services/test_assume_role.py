"""AssumeRole against a running gateway: both sides, the session's limits, expiry, chains (rules 9, 43, 49 to 53)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from support.gateway import Gateway
from support.principals import CALLER, OWNER, allow, document, make_role, make_user, refusal, trust

ROLE = f"arn:aws:iam::{OWNER}:role"
BARE = f"User: arn:aws:iam::{CALLER}:user/ann is not authorized to perform: sts:AssumeRole on resource: {ROLE}"


@pytest.fixture(scope="module")
def ann(gateway: Gateway) -> dict[str, Any]:
    """A user of the caller's account who may assume any role."""
    return make_user(gateway, "caller", "ann", allow(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]))


@pytest.fixture(scope="module")
def sts(gateway: Gateway, ann: dict[str, Any]) -> Any:
    return gateway.client("sts", "caller", ann)


@pytest.fixture(scope="module")
def reader(gateway: Gateway, ann: dict[str, Any]) -> str:
    """A role of the owner's account that trusts ann."""
    return make_role(gateway, "owner", "reader", trust(f"arn:aws:iam::{CALLER}:user/ann"))


def test_both_sides_allow_so_a_session_is_issued(gateway: Gateway, sts: Any, reader: str) -> None:
    answer = sts.assume_role(RoleArn=reader, RoleSessionName="a-session")
    session = gateway.client("sts", "owner", answer["Credentials"])
    identity = session.get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{OWNER}:assumed-role/reader/a-session"
    assert identity["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]
    assert "PackedPolicySize" not in answer
    assert answer["Credentials"]["Expiration"].timestamp() == pytest.approx(time.time() + 3600, abs=60)


def test_without_the_callers_own_permission_the_same_call_is_refused(gateway: Gateway) -> None:
    bob = make_user(gateway, "caller", "bob")
    arn = make_role(gateway, "owner", "for-bob", trust(f"arn:aws:iam::{CALLER}:user/bob"))
    client = gateway.client("sts", "caller", bob)
    text = f"User: arn:aws:iam::{CALLER}:user/bob is not authorized to perform: sts:AssumeRole on resource: {arn}"
    assert refusal(client.assume_role, RoleArn=arn, RoleSessionName="s1") == ("AccessDenied", text)
    gateway.client("iam", "caller").put_user_policy(
        UserName="bob", PolicyName="inline", PolicyDocument=document(allow("sts:AssumeRole", arn))
    )
    assert client.assume_role(RoleArn=arn, RoleSessionName="s1")["Credentials"]


def test_without_the_roles_trust_the_same_call_is_refused(gateway: Gateway, sts: Any) -> None:
    arn = make_role(gateway, "owner", "untrusting", trust(f"arn:aws:iam::{OWNER}:root"))
    assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName="s1") == ("AccessDenied", f"{BARE}/untrusting")
    gateway.client("iam", "owner").update_assume_role_policy(
        RoleName="untrusting", PolicyDocument=document(trust(f"arn:aws:iam::{CALLER}:root"))
    )
    assert sts.assume_role(RoleArn=arn, RoleSessionName="s1")["Credentials"]


@pytest.mark.parametrize("arn", [f"{ROLE}/absent", f"{ROLE}/Reader", "arn:aws:iam::999999999999:role/reader"])
def test_a_role_that_is_not_there_reads_like_one_that_may_not_be_assumed(sts: Any, reader: str, arn: str) -> None:
    text = BARE.replace(ROLE, arn)
    assert reader != arn
    assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName="s1") == ("AccessDenied", text)


def test_the_external_id_is_needed_and_compared(gateway: Gateway, sts: Any) -> None:
    asked = {"StringEquals": {"sts:ExternalId": "right"}}
    arn = make_role(gateway, "owner", "asking", trust(f"arn:aws:iam::{CALLER}:root", Condition=asked))
    denied = ("AccessDenied", f"{BARE}/asking")
    assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName="s1") == denied
    assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName="s1", ExternalId="wrong") == denied
    assert sts.assume_role(RoleArn=arn, RoleSessionName="s1", ExternalId="right")["Credentials"]


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (
            {"RoleSessionName": "a:b"},
            "ValidationError",
            r"1 validation error detected: Value 'a:b' at 'roleSessionName' failed to satisfy constraint: Member must"
            r" satisfy regular expression pattern: [\w+=,.@-]*",
        ),
        (
            {"RoleSessionName": "s" * 65},
            "ValidationError",
            f"1 validation error detected: Value '{'s' * 65}' at 'roleSessionName' failed to satisfy constraint: Member"
            " must have length less than or equal to 64",
        ),
        (
            {"RoleSessionName": "s1", "DurationSeconds": 43_201},
            "ValidationError",
            "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must"
            " have value less than or equal to 43200",
        ),
        (
            {"RoleSessionName": "s1", "DurationSeconds": 3_601},
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        (
            {"RoleSessionName": "s1", "RoleArn": "arn:aws:iam::222222222222:user/reader"},
            "ValidationError",
            "arn:aws:iam::222222222222:user/reader is invalid",
        ),
        (
            {"RoleSessionName": "s1", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]},
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        (
            {"RoleSessionName": "s1", "TransitiveTagKeys": ["a"]},
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        ),
        (
            {"RoleSessionName": "s1", "Policy": "{"},
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        ),
    ],
)
def test_what_aws_refuses_before_access_is_refused_in_its_words(
    sts: Any, reader: str, arguments: dict[str, Any], code: str, text: str
) -> None:
    assert refusal(sts.assume_role, **({"RoleArn": reader} | arguments)) == (code, text)


def test_a_chained_session_lasts_an_hour_at_most(gateway: Gateway, sts: Any) -> None:
    first = make_role(gateway, "caller", "first", trust(f"arn:aws:iam::{CALLER}:root"), MaxSessionDuration=43_200)
    gateway.client("iam", "caller").put_role_policy(
        RoleName="first", PolicyName="hop", PolicyDocument=document(allow("sts:AssumeRole"))
    )
    second = make_role(gateway, "owner", "second", trust(first), MaxSessionDuration=43_200)
    hop = sts.assume_role(RoleArn=first, RoleSessionName="s1", DurationSeconds=43_200)
    chained = gateway.client("sts", "caller", hop["Credentials"])
    text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    refused = refusal(chained.assume_role, RoleArn=second, RoleSessionName="s2", DurationSeconds=3_601)
    assert refused == ("ValidationError", text)
    assert chained.assume_role(RoleArn=second, RoleSessionName="s2", DurationSeconds=3_600)["Credentials"]


def test_tags_and_source_identity_need_their_own_permission_on_both_sides(gateway: Gateway, sts: Any) -> None:
    arn = make_role(gateway, "owner", "tagged", trust(f"arn:aws:iam::{CALLER}:root"))
    tags = [{"Key": "tenant", "Value": "acme"}]
    with_tags = refusal(sts.assume_role, RoleArn=arn, RoleSessionName="s1", Tags=tags)
    assert with_tags == ("AccessDenied", f"{BARE}/tagged".replace("sts:AssumeRole", "sts:TagSession"))
    with_identity = refusal(sts.assume_role, RoleArn=arn, RoleSessionName="s1", SourceIdentity="ann")
    assert with_identity == ("AccessDenied", f"{BARE}/tagged".replace("sts:AssumeRole", "sts:SetSourceIdentity"))
    gateway.client("iam", "owner").update_assume_role_policy(
        RoleName="tagged",
        PolicyDocument=document(
            trust(f"arn:aws:iam::{CALLER}:root"),
            trust(
                f"arn:aws:iam::{CALLER}:root",
                "sts:TagSession",
                Condition={"StringEquals": {"aws:RequestTag/tenant": "acme"}},
            ),
            trust(
                f"arn:aws:iam::{CALLER}:root",
                "sts:SetSourceIdentity",
                Condition={"StringEquals": {"sts:SourceIdentity": "ann"}},
            ),
        ),
    )
    answer = sts.assume_role(RoleArn=arn, RoleSessionName="s1", Tags=tags, SourceIdentity="ann")
    assert answer["SourceIdentity"] == "ann"
    assert answer["PackedPolicySize"] >= 1


def test_a_session_policy_limits_what_the_role_allows(gateway: Gateway, sts: Any) -> None:
    arn = make_role(gateway, "owner", "limited", trust(f"arn:aws:iam::{CALLER}:root"))
    gateway.client("iam", "owner").put_role_policy(
        RoleName="limited", PolicyName="all", PolicyDocument=document(allow("iam:*"))
    )
    limit = document(allow("iam:GetRole"))
    answer = sts.assume_role(RoleArn=arn, RoleSessionName="s1", Policy=limit)
    limited = gateway.client("iam", "owner", answer["Credentials"])
    assert limited.get_role(RoleName="limited")["Role"]["RoleName"] == "limited"
    code, text = refusal(limited.list_roles)
    assert code == "AccessDenied"
    assert text.endswith("because no session policy allows the iam:ListRoles action")


def test_a_session_ends_by_the_gateways_clock(gateway: Gateway, sts: Any, reader: str) -> None:
    answer = sts.assume_role(RoleArn=reader, RoleSessionName="short", DurationSeconds=900)
    session = gateway.client("sts", "owner", answer["Credentials"])
    assert session.get_caller_identity()["Account"] == OWNER
    assert gateway.crossgrant("clock", "--advance", "15m").returncode == 0
    expired = ("ExpiredToken", "The security token included in the request is expired")
    assert refusal(session.get_caller_identity) == expired


def test_a_role_made_again_is_another_principal(gateway: Gateway) -> None:
    owner, caller = gateway.client("iam", "owner"), gateway.client("iam", "caller")
    exec_role = make_role(gateway, "caller", "exec", trust(f"arn:aws:iam::{CALLER}:root"))
    target = make_role(gateway, "owner", "pinned", trust(exec_role))
    operator = gateway.client("sts", "caller")

    def attempt() -> Any:
        caller.put_role_policy(RoleName="exec", PolicyName="hop", PolicyDocument=document(allow("sts:AssumeRole")))
        hop = operator.assume_role(RoleArn=exec_role, RoleSessionName="s1")["Credentials"]
        return gateway.client("sts", "caller", hop).assume_role

    assert attempt()(RoleArn=target, RoleSessionName="s2")["Credentials"]
    first_id = caller.get_role(RoleName="exec")["Role"]["RoleId"]
    caller.delete_role_policy(RoleName="exec", PolicyName="hop")
    caller.delete_role(RoleName="exec")
    make_role(gateway, "caller", "exec", trust(f"arn:aws:iam::{CALLER}:root"))
    shown = owner.get_role(RoleName="pinned")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert shown == {"AWS": first_id}
    assert refusal(attempt(), RoleArn=target, RoleSessionName="s2")[0] == "AccessDenied"
    owner.update_assume_role_policy(RoleName="pinned", PolicyDocument=document(trust(exec_role)))
    assert attempt()(RoleArn=target, RoleSessionName="s2")["Credentials"]


def test_get_caller_identity_works_under_an_explicit_deny(gateway: Gateway) -> None:
    denied = make_user(gateway, "caller", "denied", {"Effect": "Deny", "Action": "*", "Resource": "*"})
    client = gateway.client("sts", "caller", denied)
    assert client.get_caller_identity()["Arn"] == f"arn:aws:iam::{CALLER}:user/denied"
